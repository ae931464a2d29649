"""Who may call, how often, and which places may be opened on a caller's word."""
