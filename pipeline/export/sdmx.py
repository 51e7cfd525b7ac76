"""The panel as SDMX-CSV 2.0 with its structure in SDMX-ML 3.0: one observation an organisation, year, metric, breakdown
and unit. Which table becomes what is told in docs/sdmx.md.
"""
from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.export import needed
from pipeline.load import Dataset
from schemas.columns import QUALIFIERS, UNITS
from schemas.labels import label

AGENCY, VERSION = "UNION_METRICS", "1.0.0"
FLOW, STRUCTURE, CONCEPTS = "DF_PANEL", "DSD_PANEL", "CS_PANEL"
DATA, DEFINITIONS = "panel.sdmx.csv", "structure.sdmx.xml"
PREPARED = datetime(2000, 1, 1, tzinfo=UTC)  # a message must state a moment; this one keeps the bytes the same
TOTAL = "_T"  # SDMX's own code for no breakdown
DOUBTFUL = 0.6  # below this confidence a careful reader looks at the page first

# OBS_STATUS, codes of the SDMX cross-domain list CL_OBS_STATUS
STATUSES = {"A": "Normal value: stated exactly", "E": "Estimated value: the text says about, above, below or a range",
            "O": "Missing value: the text gives an interval only, see VALUE_LOW and VALUE_HIGH",
            "U": "Low reliability: confidence below 0.6"}
# id, what it is, code list (None: free), required; dimensions, measure, attributes
DIMENSIONS = (("FREQ", "Frequency", "CL_FREQ"), ("ORGANISATION", "Organisation", "CL_ORGANISATION"),
              ("METRIC", "Metric", "CL_METRIC"), ("BREAKDOWN", "Sub-population", "CL_BREAKDOWN"),
              ("UNIT_MEASURE", "Unit of measure", "CL_UNIT_MEASURE"), ("TIME_PERIOD", "Year", None))
ATTRIBUTES = (("OBS_STATUS", "Status of the observation", "CL_OBS_STATUS"), ("QUALIFIER", "Qualifier", "CL_QUALIFIER"),
              ("VALUE_LOW", "The least that the text commits to", None),
              ("VALUE_HIGH", "The most that the text commits to", None),
              ("CONFIDENCE", "Confidence, 0 to 1", None),
              ("SPREAD", "How far the statements of the year disagree", None),
              ("OBSERVATION_ID", "Key of the figure chosen in the observations table", None))


def write_sdmx(dataset: Dataset, to: Path) -> list[Path]:
    """Write data and structure; raises UserError without pysdmx."""
    try:
        from pysdmx.io import write_sdmx as write
        from pysdmx.io.format import Format
        from pysdmx.io.pd import PandasDataset
        from pysdmx.model import Dataflow, Organisation
        from pysdmx.model.message import Header
    except ImportError:
        raise needed("pysdmx") from None
    frame = _frame(dataset)
    lists, scheme, definition = _structure(dataset)
    flow = Dataflow(id=FLOW, agency=AGENCY, version=VERSION, name="Panel of trade union metrics", structure=definition)
    header = Header(id=dataset.build["version"], prepared=PREPARED, sender=Organisation(AGENCY))
    data, definitions = to / DATA, to / DEFINITIONS
    write([*lists, scheme, definition, flow], Format.STRUCTURE_SDMX_ML_3_0, str(definitions), header=header)
    panel = PandasDataset(structure=definition.to_schema(), data=frame)
    write([panel], Format.DATA_SDMX_CSV_2_0_0, str(data))
    return [data, definitions]


def _frame(dataset: Dataset) -> pd.DataFrame:
    """The panel with the columns of the structure, all as text but the value."""
    panel = dataset.load("panel")
    sure = dataset.load("observations").set_index("observation_id")["confidence"]
    confidence = panel["observation_id"].map(sure).astype("float64").round(3)
    status = panel["qualifier"].astype("str").map(lambda qualifier: "A" if qualifier == "exact" else "E")
    status = status.mask(confidence < DOUBTFUL, "U").mask(panel["value"].isna(), "O")
    return pd.DataFrame({
        "FREQ": "A", "ORGANISATION": panel["organisation_id"], "METRIC": panel["metric"].astype("str"),
        "BREAKDOWN": panel["breakdown"].map(breakdown_code), "UNIT_MEASURE": panel["unit"].astype("str"),
        "TIME_PERIOD": panel["year"].astype("str"), "OBS_VALUE": panel["value"], "OBS_STATUS": status,
        "QUALIFIER": panel["qualifier"].astype("str"), "VALUE_LOW": panel["value_low"],
        "VALUE_HIGH": panel["value_high"], "CONFIDENCE": confidence, "SPREAD": panel["spread"].round(6),
        "OBSERVATION_ID": panel["observation_id"],
    })


def breakdown_code(words: object) -> str:
    """The code of a sub-population: _T for none, else B and eight digits that follow from its words."""
    if not isinstance(words, str):
        return TOTAL
    return f"B{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def _codes(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Each code list: code -> name. Organisations and sub-populations are those that the panel has."""
    panel, metrics = dataset.load("panel"), dataset.load("metrics")
    named = dict(zip(panel["organisation_id"], panel["organisation"], strict=True))
    limits = {breakdown_code(words): words for words in panel["breakdown"].dropna()}
    return {
        "CL_FREQ": {"A": "Annual"}, "CL_ORGANISATION": dict(sorted(named.items())),
        "CL_METRIC": {str(row.metric): f"{row.label_en} ({row.label_zh})" for row in metrics.itertuples()},
        "CL_BREAKDOWN": {TOTAL: "Total", **dict(sorted(limits.items()))},
        "CL_UNIT_MEASURE": {unit: label("unit", unit) or unit for unit in UNITS},
        "CL_OBS_STATUS": STATUSES, "CL_QUALIFIER": {code: label("qualifier", code) for code in QUALIFIERS},
    }


def _structure(dataset: Dataset) -> tuple[list[Any], Any, Any]:
    """The code lists, the concepts and the data structure definition."""
    from pysdmx.model import (
        Code,
        Codelist,
        Component,
        Components,
        Concept,
        ConceptScheme,
        DataStructureDefinition,
        DataType,
        Role,
    )

    lists = {name: Codelist(id=name, agency=AGENCY, version=VERSION, name=name, items=[
        Code(id=code, name=said) for code, said in codes.items()]) for name, codes in _codes(dataset).items()}
    concepts: list[Any] = []

    def component(role: Role, identity: str, name: str, codes: str | None) -> Any:
        numbers = ("OBS_VALUE", "VALUE_LOW", "VALUE_HIGH", "CONFIDENCE", "SPREAD")
        kind = DataType.YEAR if identity == "TIME_PERIOD" else DataType.STRING
        kind = DataType.DOUBLE if identity in numbers else kind
        concept = Concept(id=identity, name=name, dtype=kind, urn=_urn(identity))
        concepts.append(concept)
        return Component(id=identity, required=role is Role.DIMENSION, role=role, concept=concept, local_dtype=kind,
                         local_codes=lists[codes] if codes else None, name=name,
                         attachment_level="O" if role is Role.ATTRIBUTE else None)

    parts = [component(Role.DIMENSION, *part) for part in DIMENSIONS]
    parts.append(component(Role.MEASURE, "OBS_VALUE", "Value", None))
    parts += [component(Role.ATTRIBUTE, *part) for part in ATTRIBUTES]
    scheme = ConceptScheme(id=CONCEPTS, agency=AGENCY, version=VERSION, name="Concepts of the panel", items=concepts)
    definition = DataStructureDefinition(id=STRUCTURE, agency=AGENCY, version=VERSION, components=Components(parts),
                                         name="Structure of the panel")
    return list(lists.values()), scheme, definition


def _urn(concept: str) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={AGENCY}:{CONCEPTS}({VERSION}).{concept}"
