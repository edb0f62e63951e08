"""An instance made or edited in code keeps everything that its files would have to keep.

Its rows are laid out as the text that files hold and read as files are, so that there is one definition of what a row
may be and one set of messages. Where files have line numbers, a row made in code is told by its key.
"""

from __future__ import annotations

from allokering.errors import Fault, InstanceFaulty
from allokering.files.cells import cell_text, clean
from allokering.files.reading import in_order, rows_of_tables
from allokering.files.settings_file import SETTINGS_SHEET, read_settings
from allokering.files.sheets import Record, Sheet
from allokering.files.table_columns import columns
from allokering.instance import Instance, Settings
from allokering.language import say
from allokering.tables import TABLES, Row


def validated(instance: Instance) -> Instance:
    """The same instance, as reading its files would give it: in canonical order, dates of pins as ISO writes them.

    One that has been found without fault already, as those that were read have, is not looked at again.

    Raises:
        InstanceFaulty: with every fault, in the order of the tables and their rows.
    """
    if instance.is_validated:
        return instance
    faults: list[Fault] = []
    values = read_settings(instance.settings, faults)
    sheets = {table: _sheet(instance, table) for table in TABLES}
    rows = rows_of_tables(values, sheets, SETTINGS_SHEET, faults)
    if faults:
        raise InstanceFaulty(say("Faults in {name}: {count}", name=instance.name, count=len(faults)), in_order(faults))
    return Instance.of(instance.name, Settings.model_validate(values), rows).found_valid()


def key_text(row: Row) -> str:
    """How a row is told from the others of its table: its key, the parts joined by spaces."""
    return " ".join(cell_text(getattr(row, part, None)) for part in row.key)


def _sheet(instance: Instance, table: str) -> Sheet:
    """A table as text, with a column for each of its columns."""
    described = columns(TABLES[table])
    records = [
        Record(key_text(row), tuple(clean(cell_text(getattr(row, column.attribute, None))) for column in described))
        for row in instance.rows(table)
    ]
    return Sheet(table, Record(1, tuple(column.name for column in described)), tuple(records))
