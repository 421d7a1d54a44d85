"""The rules of all windows' style sheets; colours and text sizes are filled in by the theme."""

from typing import Final

_WORDS: Final = """
QMainWindow, QDialog {{ background: {ground}; }}
QLabel {{ color: {ink}; background: transparent; }}
QLabel[role="title"] {{ font-size: {size_title}; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {size_heading}; font-weight: 600; }}
QLabel[role="quiet"] {{ color: {quiet}; font-size: {size_small}; }}
QLabel[role="caution"] {{ color: {caution}; font-size: {size_small}; }}
QLabel[role="problem"] {{ color: {danger}; font-size: {size_small}; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="display"] {{ font-size: {size_display}; font-weight: 600; }}
QLabel[role="figure"] {{ font-size: {size_title}; font-weight: 600; }}
QLabel[role="avatar"] {{ background: {accent}; color: {on_accent}; border-radius: 22px;
  font-size: {size_title}; font-weight: 700; }}
QLabel[role="avatar-quiet"] {{ background: {line}; color: {quiet}; border-radius: 22px;
  font-size: {size_title}; font-weight: 700; }}
QLabel[role="quote"] {{ border-left: 3px solid {accent}; padding: 2px 0 2px 12px;
  font-size: {size_quote}; }}
QLabel[role="badge"] {{ border: 1px solid {edge}; border-radius: {radius_badge}; padding: 1px 8px;
  color: {quiet}; font-size: {size_small}; }}
QLabel[role="badge-caution"] {{ border: 1px solid {caution}; border-radius: {radius_badge};
  padding: 1px 8px;
  color: {caution}; background: {caution_ground}; font-size: {size_small}; }}
QLabel[role="money-in"] {{ color: {money_in}; font-size: {size_small}; }}
QMessageBox QLabel#qt_msgbox_label {{ font-size: {size_heading}; font-weight: 600; }}
QMessageBox QLabel#qt_msgbox_informativelabel {{ min-width: 320px; }}
QToolTip {{ background: {ink}; color: {ground}; border: none; padding: 4px 8px; }}
"""

_SURFACES: Final = """
QFrame[role="card"] {{ background: {card}; border: 1px solid {line}; border-radius: 12px; }}
QFrame[role="line"] {{ background: {line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame[role="notice"] {{ background: {caution_ground}; border: 1px solid {caution};
  border-radius: 12px; }}
QFrame[role="trouble"] {{ background: {danger_ground}; border: 1px solid {danger};
  border-radius: 12px; }}
QFrame#sidebar {{ background: {sidebar}; border: none; border-right: 1px solid {line}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {edge}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::handle:hover {{ background: {quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QTableView {{ background: {card}; color: {ink}; border: 1px solid {line}; border-radius: 12px;
  gridline-color: transparent; outline: none;
  selection-background-color: {chosen}; selection-color: {ink}; }}
QTableView:focus {{ border: 1px solid {focus}; }}
QTableView::item {{ padding: 0 8px; border: none; border-bottom: 1px solid {line}; }}
QTableView::item:selected {{ background: {chosen}; color: {ink}; }}
QTableView QTableCornerButton::section {{ background: {card}; border: none; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section {{ background: {card}; color: {quiet}; border: none;
  border-bottom: 1px solid {line}; padding: 8px; font-size: {size_small}; font-weight: 600; }}
QHeaderView::section:first {{ border-top-left-radius: 12px; }}
QHeaderView::section:last {{ border-top-right-radius: 12px; }}
"""

_FIELDS: Final = """
QLineEdit, QComboBox {{ background: {field}; color: {ink};
  border: 1px solid {edge}; border-radius: 8px; padding: 6px 10px; min-height: {height_field};
  selection-background-color: {accent}; selection-color: {on_accent}; }}
QPlainTextEdit {{ background: {field}; color: {ink}; border: 1px solid {edge}; border-radius: 8px;
  padding: 4px 6px; selection-background-color: {accent}; selection-color: {on_accent}; }}
QPlainTextEdit:focus {{ border: 2px solid {focus}; padding: 3px 5px; }}
QListView {{ background: {field}; color: {ink}; border: 1px solid {edge}; border-radius: 8px;
  padding: 4px; outline: none; }}
QListView:focus {{ border: 2px solid {focus}; padding: 3px; }}
QListView[role="popup"], QListView[role="popup"]:focus {{ border: 1px solid {edge};
  border-radius: 0; padding: 0; }}
QListView::item {{ padding: 6px 8px; border: none; border-radius: 6px; }}
QListView::item:hover {{ background: {hover}; }}
QListView::item:selected {{ background: {chosen}; color: {ink}; }}
QLineEdit:focus, QComboBox:focus {{ border: 2px solid {focus}; padding: 5px 9px; }}
QLineEdit:disabled, QComboBox:disabled {{ color: {quiet}; background: {ground};
  border-color: {line}; }}
QLineEdit[role="amount"] {{ font-size: {size_amount}; font-weight: 600; }}
QComboBox[role="period"] {{ font-size: {size_period}; min-height: 36px; }}
QComboBox::drop-down {{ border: none; width: 28px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{ background: {field}; color: {ink};
  selection-background-color: {accent}; selection-color: {on_accent}; border: 1px solid {edge}; }}
QRadioButton, QCheckBox {{ color: {ink}; spacing: 8px; background: transparent; }}
QRadioButton:disabled, QCheckBox:disabled {{ color: {quiet}; }}
QRadioButton::indicator, QCheckBox::indicator {{ width: 14px; height: 14px;
  border: 1px solid {edge}; background: {field}; }}
QRadioButton::indicator {{ border-radius: 8px; }}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {focus};
  background: {field}; }}
QCheckBox::indicator:checked {{ border: 1px solid {focus}; background: {focus};
  image: url("{tick}"); }}
QCheckBox::indicator:disabled {{ border-color: {line}; background: {ground}; }}
QCheckBox::indicator:checked:disabled {{ border-color: {quiet}; background: {quiet}; }}
QRadioButton:focus, QCheckBox:focus {{ text-decoration: underline; }}
QLineEdit[role="chip"] {{ font-size: {size_small}; border-radius: {radius_chip};
  padding: 2px 10px; }}
QToolButton[role="chip"] {{ background: {field}; color: {ink}; border: 1px solid {edge};
  border-radius: {radius_chip}; padding: 3px 10px; font-size: {size_small}; }}
QToolButton[role="chip"]:focus, QToolButton[role="chip"]:hover {{ border: 1px solid {focus}; }}
"""

_BARS: Final = """
QProgressBar {{ background: {line}; border: none; border-radius: 4px; min-height: 8px;
  max-height: 8px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 4px; }}
"""

_BUTTONS: Final = """
QPushButton {{ background: {field}; color: {ink}; border: 1px solid {edge};
  border-radius: 8px; padding: 8px 18px; min-height: {height_field}; outline: none; }}
QPushButton:hover {{ border-color: {ink}; }}
QPushButton:pressed {{ background: {hover}; }}
QPushButton:focus {{ border: 2px solid {focus}; padding: 7px 17px; }}
QPushButton:disabled {{ color: {quiet}; background: {ground}; border-color: {line}; }}
QPushButton#approve, QPushButton[role="primary"] {{ background: {accent};
  color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton#approve:hover, QPushButton[role="primary"]:hover {{ border-color: {ink}; }}
QPushButton#approve:focus, QPushButton[role="primary"]:focus {{ border: 2px solid {ink}; }}
QPushButton#approve:disabled, QPushButton[role="primary"]:disabled {{
  background: {line}; color: {quiet}; border-color: {line}; }}
QPushButton[role="danger"] {{ color: {danger}; border-color: {danger}; }}
QPushButton[role="danger"]:hover {{ background: {danger_ground}; border-color: {danger}; }}
QPushButton[role="danger"]:focus {{ border: 2px solid {danger}; }}
QPushButton[role="small"] {{ padding: 4px 12px; min-height: {height_field}; }}
QPushButton[role="small"]:focus {{ padding: 3px 11px; }}
QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent;
  color: {quiet}; padding: 4px 2px; text-align: left; font-size: {size_small}; }}
QPushButton[role="link"]:hover {{ color: {ink}; text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border: 1px solid {focus}; padding: 4px 2px; }}
QPushButton[role="app"] {{ background: {card}; border: 1px solid {line}; border-radius: 12px;
  padding: 0; }}
QPushButton[role="app"]:hover {{ background: {hover}; border-color: {edge}; }}
QPushButton[role="app"]:focus {{ border: 2px solid {focus}; padding: 0; }}
QPushButton[role="nav"] {{ background: transparent; border: 2px solid transparent;
  border-radius: 8px; padding: 8px 12px; text-align: left; color: {ink}; }}
QPushButton[role="nav"]:hover {{ background: {hover}; }}
QPushButton[role="nav"]:checked {{ background: {chosen}; font-weight: 600; }}
QPushButton[role="nav"]:focus {{ border: 2px solid {focus}; padding: 8px 12px; }}
QPushButton[role="icon"] {{ background: transparent; border: 2px solid transparent;
  border-radius: 8px; padding: 4px; min-height: 16px; }}
QPushButton[role="icon"]:hover {{ background: {hover}; }}
QPushButton[role="icon"]:focus {{ border: 2px solid {focus}; padding: 4px; }}
"""

STYLE: Final = _WORDS + _SURFACES + _FIELDS + _BARS + _BUTTONS
"""For ``str.format_map`` with the members of a ``Look`` and the text sizes."""
