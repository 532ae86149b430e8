"""JSON looked over while it arrives, before anything parses it: long texts are put aside.

A picture is one text of some megabytes in an object of a dozen parts. A body of millions of small
lists costs a parser and whoever copies the result a hundred bytes a character, so such a body is
refused in its first kilobytes.
"""

from __future__ import annotations

from vae_core.app.pending_pictures import PendingPictures

SMALL = 256 * 2**10
"""Bytes of a body without its pictures; the longest code, of 4,096 numbers, takes a third."""

LONG = 64 * 2**10
"""A text longer than this is taken for a picture."""

PARTS, ENTRIES, PICTURES = 256, 20_000, 2
"""Lists and objects; entries of all of them; pictures."""

TOO_LARGE = f"The request is too large: up to {SMALL // 2**10} KB are read here."
TOO_MANY = "The request holds too many lists or entries."


class BodyError(ValueError):
    """A body that is not read further, with a sentence for the visitor."""


class BodyReader:
    """Take a JSON text in pieces; `kept` is the same, names of pending pictures for long texts.

    Args:
        pending: where long texts go.
        visitor: whose they are.
    """

    def __init__(self, pending: PendingPictures, visitor: str) -> None:
        self.kept = bytearray()
        self.aside: list[str] = []
        self._pending, self._visitor = pending, visitor
        self._text: bytearray | None = None  # the text that has not ended yet
        self._open: str | None = None  # the pending picture that takes the rest of it
        self._escaped = False
        self._parts = self._entries = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            BodyError: too large, or too many parts.
            DroppedError: no room for the picture.
        """
        if piece.count(b"\\") > len(piece) // 8 + 64:
            raise BodyError(TOO_MANY)  # each costs a step; base64 has one "/" in 64 to escape
        place = 0
        while place < len(piece):
            if self._text is None:
                place = self._between(piece, place)
            else:
                place = self._within(piece, place)
        if len(self.kept) > SMALL:
            raise BodyError(TOO_LARGE)

    def _between(self, piece: bytes, place: int) -> int:
        """Everything up to the next text."""
        end = piece.find(b'"', place)
        plain = piece[place:] if end < 0 else piece[place:end]
        self._parts += plain.count(b"[") + plain.count(b"{")
        self._entries += plain.count(b",") + plain.count(b":")
        if self._parts > PARTS or self._entries > ENTRIES:
            raise BodyError(TOO_MANY)
        self.kept += plain
        if end < 0:
            return len(piece)
        self._text = bytearray()
        return end + 1

    def _within(self, piece: bytes, place: int) -> int:
        """The text up to its end, or up to the end of the piece."""
        start = place
        if self._escaped:
            place, self._escaped = place + 1, False
        quote = piece.find(b'"', place)  # `find` takes a tenth of the time of an expression
        while (slash := piece.find(b"\\", place, len(piece) if quote < 0 else quote)) >= 0:
            place = slash + 2
            if 0 <= quote < place:
                quote = piece.find(b'"', place)
        if quote >= 0:
            self._add(piece[start:quote])
            self._end()
            return quote + 1
        self._escaped = place > len(piece)
        self._add(piece[start:])
        return len(piece)

    def _add(self, more: bytes) -> None:
        assert self._text is not None
        if self._open is not None:
            return self._pending.add(self._open, more)
        self._text += more
        if len(self._text) > LONG:
            if len(self.aside) == PICTURES:
                raise BodyError(TOO_LARGE)
            self._open = self._pending.begin(self._visitor)
            self.aside.append(self._open)
            self._pending.add(self._open, bytes(self._text))

    def _end(self) -> None:
        assert self._text is not None
        if self._open is None:
            self.kept += b'"%b"' % bytes(self._text)
        else:
            self._pending.finish(self._open)
            self.kept += b'"%b"' % self._open.encode()
        self._text = self._open = None
