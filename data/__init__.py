"""Corpora: reading, labels, splits, duplicates and cleaning."""

from .cleaning import CleanText, clean_text
from .corpus import CorpusColumns, Document, ReadReport, read_corpus
from .duplicates import DuplicateGroup, DuplicateReport, find_duplicates
from .fields import LABEL_SEPARATOR, Label, Task
from .labels import check_labels, count_labels, labels_of, read_label_names
from .splits import few_shot_sample, stratified_folds, stratified_split

__all__ = [
    "LABEL_SEPARATOR",
    "CleanText",
    "CorpusColumns",
    "Document",
    "DuplicateGroup",
    "DuplicateReport",
    "Label",
    "ReadReport",
    "Task",
    "check_labels",
    "clean_text",
    "count_labels",
    "few_shot_sample",
    "find_duplicates",
    "labels_of",
    "read_corpus",
    "read_label_names",
    "stratified_folds",
    "stratified_split",
]
