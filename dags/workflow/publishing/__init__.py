"""From a champion to what users see: its bundle, the services that reload, and the canary users who try it first."""
