"""Beer game: a person orders for one role or several, and agents for the rest."""
