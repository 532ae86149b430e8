"""The verbs of the command line: each a function from parsed arguments to a JSON object."""
