"""A small ALLRIS 4 of an invented county: page renderer, archive builder, and the pages' source."""
