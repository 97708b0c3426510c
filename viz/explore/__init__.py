"""Explore: levers on the left; the network and its charts, played period by period, on the right."""
