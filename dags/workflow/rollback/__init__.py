"""Moving the champion back: the registry's part of undoing a promotion."""
