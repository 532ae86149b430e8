"""What the panels that take pictures share on the server.

The input itself is `web/picture.js`; a picture travels inside the call as base64.
"""

from __future__ import annotations

PRIVACY = "A picture stays in memory until it is answered; it is never written to disk, never kept."
