"""Parts that stand beside each other where there is room for it, else below each other."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class SideBySide(QWidget):
    """Parts in a row, or in a column where the row would cut one off (large text, small window).

    ``parts`` are widgets, each with its share of the room that is left; one with none is as wide
    as it likes. ``centred`` parts keep their height in a row, others fill it. It places its parts
    by itself: a widget with a layout is asked for its least width and has no say.
    """

    def __init__(
        self,
        *parts: tuple[QWidget, int],
        spacing_px: int = 16,
        centred: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts = parts
        self._spacing_px = spacing_px
        self._centred = centred
        self.is_row = True
        for part, _ in parts:
            part.setParent(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Return True: a column is higher than a row."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height at ``width``."""
        return max((area.bottom() + 1 for area in self._areas(width)), default=0)

    def sizeHint(self) -> QSize:
        """Return the size of the row."""
        hints = [part.sizeHint() for part, _ in self._shown()]
        width = sum(hint.width() for hint in hints) + self._gaps()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return the width that a column needs."""
        hints = [part.minimumSizeHint() for part, _ in self._shown()]
        width = max((hint.width() for hint in hints), default=0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn the row into a column, or back."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Look again when a part needs more room, or less."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._place()
        return super().event(event)

    def _place(self) -> None:
        self.is_row = self._fits(self.width())
        for (part, _), area in zip(self._shown(), self._areas(self.width()), strict=True):
            if self.is_row and self._centred:
                area.moveTop((self.height() - area.height()) // 2)
            elif self.is_row:
                area.setHeight(self.height())
            part.setGeometry(area)

    def _areas(self, width: int) -> list[QRect]:
        """Return where each part stands at ``width``, in a row all from the top."""
        shown = self._shown()
        if self._fits(width):
            areas, x = [], 0
            for (part, _), part_width in zip(shown, self._widths(width), strict=True):
                areas.append(QRect(x, 0, part_width, _height(part, part_width)))
                x += part_width + self._spacing_px
            return areas
        areas, y = [], 0
        for part, _ in shown:
            areas.append(QRect(0, y, width, _height(part, width)))
            y += areas[-1].height() + self._spacing_px
        return areas

    def _widths(self, width: int) -> list[int]:
        shown = self._shown()
        left = width - self._gaps()
        widths = [part.minimumSizeHint().width() for part, _ in shown]
        for place, (part, share) in enumerate(shown):
            if not share:
                more = min(part.sizeHint().width() - widths[place], left - sum(widths))
                widths[place] += max(0, more)
        return _shared(widths, [share for _, share in shown], left)

    def _fits(self, width: int) -> bool:
        needed = sum(part.minimumSizeHint().width() for part, _ in self._shown())
        return needed + self._gaps() <= width

    def _gaps(self) -> int:
        return self._spacing_px * max(0, len(self._shown()) - 1)

    def _shown(self) -> list[tuple[QWidget, int]]:
        # A part is also hidden until its window is first shown, which is not meant here.
        told = Qt.WidgetAttribute.WA_WState_ExplicitShowHide
        return [
            (part, share)
            for part, share in self._parts
            if not (part.isHidden() and part.testAttribute(told))
        ]


def _shared(widths: Sequence[int], shares: Sequence[int], left: int) -> list[int]:
    """Return ``widths`` with what is ``left`` over shared out; none becomes narrower."""
    open_places = {place for place, share in enumerate(shares) if share}
    result = list(widths)
    while open_places:
        room = left - sum(width for at, width in enumerate(result) if at not in open_places)
        total = sum(shares[place] for place in open_places)
        wide = {place for place in open_places if widths[place] > room * shares[place] // total}
        if not wide:
            for place in open_places:
                result[place] = room * shares[place] // total
            break
        # One that needs more than its share keeps what it needs; the others share the rest.
        open_places -= wide
    return result


def _height(part: QWidget, width: int) -> int:
    if part.hasHeightForWidth():
        return max(part.heightForWidth(width), part.minimumSizeHint().height())
    return part.sizeHint().height()
