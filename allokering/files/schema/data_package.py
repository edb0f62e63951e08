"""Frictionless Data Package: `datapackage.json`, which says what the CSV files of an instance or a plan hold.

`python -m allokering.files.schema.data_package FOLDER...` describes folders of instances anew, after editing by hand.
https://specs.frictionlessdata.io/data-package/
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from allokering.files.schema.table_schema import table_schema
from allokering.files.sheets import read_csv
from allokering.files.table_columns import Column, column_names, columns
from allokering.tables import TABLES, Row

PACKAGE_FILE = "datapackage.json"


def data_package(
    name: str, row_types: Mapping[str, type[Row]], written: Mapping[str, Sequence[Column]]
) -> dict[str, Any]:
    """The description of a folder with a CSV file, of these columns, for each of the tables `written`."""
    resources = [
        {
            "name": table,
            "path": f"{table}.csv",
            "profile": "tabular-data-resource",
            "encoding": "utf-8",
            "schema": table_schema(row_types[table], described, written),
        }
        for table, described in written.items()
    ]
    plain = re.sub(r"[^a-z0-9._-]+", "-", name.casefold()).strip("-") or "unnamed"
    return {"profile": "tabular-data-package", "name": plain, "resources": resources}


def package_text(package: Mapping[str, Any]) -> str:
    """The canonical text of `datapackage.json`."""
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def described(folder: Path) -> dict[str, Any]:
    """The description of an instance's folder as it stands, with the columns of its files in their order."""
    written = {}
    for table, row_type in TABLES.items():
        path = folder / f"{table}.csv"
        sheet = read_csv(path, table, column_names(row_type), []) if path.is_file() else None
        if sheet is not None:
            by_name = {column.name: column for column in columns(row_type)}
            written[table] = [by_name[name] for name in sheet.header.cells]
    return data_package(folder.name, TABLES, written)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        place = Path(argument).resolve()
        (place / PACKAGE_FILE).write_text(package_text(described(place)), encoding="utf-8", newline="\n")
