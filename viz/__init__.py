"""The app in the browser, a folder for each page. It stands on scenarios, results and pictures, never on the engine."""
