"""From a page to its observations: numerals, quantities, periods, organisations, metrics; no table is made here."""
