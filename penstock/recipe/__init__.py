"""How a model is made, as values that are checked to the last parameter before anything is fitted."""
