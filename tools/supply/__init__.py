"""What Penstock is made of that others wrote: known vulnerabilities, licences, and a list of it all."""
