"""The page in the browser. It stands on scenarios, results, records and pictures, and never touches the engine."""
