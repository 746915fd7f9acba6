"""auszug: the minutes of German municipal councils as data.

The package reads in the order of the data: `harvest` fetches and archives pages, `pages` parses
them, `extract` finds who said what, `link` joins what lies on several pages, `store` keeps it
in DuckDB, `output` answers. `run` ties the stages together and `cli` is a shell over `run`.
"""

__version__ = "0.1.0"
