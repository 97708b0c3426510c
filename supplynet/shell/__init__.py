"""The shell: a file for each family of commands, and what they share."""
