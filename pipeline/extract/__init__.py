"""From an article's text to observations: numerals, quantities, periods, organisations, metrics; no table is made here."""
