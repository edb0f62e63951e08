"""Tables as pandas data frames, each made when it is asked for: for notebooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from allokering.tables import Row

if TYPE_CHECKING:
    import pandas as pd


class Frames(Mapping[str, "pd.DataFrame"]):
    """A data frame by the name of its table, columns as the data contract names them. To change one changes no plan.

    Args:
        types: of the rows, by table.
        rows: of the table of a name.
    """

    def __init__(self, types: Mapping[str, type[Row]], rows: Callable[[str], Sequence[Row]]) -> None:
        self._types = types
        self._rows = rows

    @override
    def __getitem__(self, table: str) -> pd.DataFrame:
        import pandas as pd  # noqa: PLC0415 - half a second that few need

        fields = self._types[table].model_fields
        columns = [field.alias or attribute for attribute, field in fields.items()]
        return pd.DataFrame([row.model_dump(by_alias=True) for row in self._rows(table)], columns=columns)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    @override
    def __len__(self) -> int:
        return len(self._types)

    @override
    def __repr__(self) -> str:
        return f"Frames({', '.join(f'{table}: {len(self._rows(table))} rows' for table in self)})"
