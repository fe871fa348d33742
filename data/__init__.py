"""Corpora: reading, labels, splits, duplicates and cleaning."""

from .cleaning import CleanText, clean_text
from .corpus import CorpusColumns, Document, ReadReport, Rejected, read_corpus, scan_corpus
from .duplicates import DuplicateGroup, DuplicateReport, find_duplicates
from .fields import LABEL_SEPARATOR, Label, Task, label_or_none
from .gold import GoldDocument, GoldMention
from .gold_readers import read_gold
from .label_table import NamedLabel, read_label_table
from .labels import check_labels, count_labels, labels_of, read_label_names
from .readers import is_repeatable, source_names
from .sources import CorpusFile, find_files
from .splits import few_shot_sample, stratified_folds, stratified_split

__all__ = [
    "LABEL_SEPARATOR",
    "CleanText",
    "CorpusColumns",
    "CorpusFile",
    "Document",
    "DuplicateGroup",
    "DuplicateReport",
    "GoldDocument",
    "GoldMention",
    "Label",
    "NamedLabel",
    "ReadReport",
    "Rejected",
    "Task",
    "check_labels",
    "clean_text",
    "count_labels",
    "few_shot_sample",
    "find_duplicates",
    "find_files",
    "is_repeatable",
    "label_or_none",
    "labels_of",
    "read_corpus",
    "read_gold",
    "read_label_names",
    "read_label_table",
    "scan_corpus",
    "source_names",
    "stratified_folds",
    "stratified_split",
]
