"""EMR that runs what it is given: bootstrap actions and steps are processes of this machine."""
