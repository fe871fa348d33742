"""The errors that Ontograft raises on purpose.

    OntograftError
    ├── OntologyError      an ontology cannot be read or used
    ├── CorpusError        a corpus, a row of it or a split cannot be used
    ├── SettingsError      a project file or an option is wrong
    ├── EncoderError       a text encoder cannot be found or loaded
    ├── ModelFolderError   a saved model is incomplete, damaged or does not fit
    ├── RunError           a training run cannot be started, continued or finished
    ├── ResultsError       results cannot be written, continued or read
    └── QueryError         a query is wrong, or is refused
        ├── QueryLimitError    it took more time or memory than it may
        └── QueryBusyError     there are too many queries already

Each message names the file, the row or the field, what was wrong, what was expected and the way
out, in one line: the command line prints it as it is and exits with code 1. They derive from
``ValueError``, because each is a value that the caller can mend.
"""

from __future__ import annotations


class OntograftError(ValueError):
    """The base of every error that Ontograft raises on purpose."""


class OntologyError(OntograftError):
    """An ontology cannot be read or used."""


class CorpusError(OntograftError):
    """A corpus, a row of it or a split cannot be used."""


class SettingsError(OntograftError):
    """A project file or an option is wrong."""


class EncoderError(OntograftError):
    """A text encoder cannot be found or loaded."""


class ModelFolderError(OntograftError):
    """A saved model is incomplete, damaged or does not fit."""


class RunError(OntograftError):
    """A training run cannot be started, continued or finished."""


class ResultsError(OntograftError):
    """Results cannot be written, continued or read."""


class QueryError(OntograftError):
    """A query is wrong, or is refused."""


class QueryLimitError(QueryError):
    """A query took more time or memory than it may."""


class QueryBusyError(QueryError):
    """There are too many queries already."""
