"""The parts of the body in English: the noun and its adjectives."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

# Parts of the body: the noun that stands before a head, and adjectives that may stand there.
_PARTS: Final = (
    ("abdomen", "abdominal"),
    ("anus", "anal"),
    ("aorta", "aortic"),
    ("appendix", "appendiceal appendicular"),
    ("artery", "arterial"),
    ("bladder", "vesical"),
    ("bone", "osseous skeletal"),
    ("bowel", "intestinal"),
    ("brain", "cerebral"),
    ("breast", "mammary"),
    ("bronchus", "bronchial"),
    ("cerebellum", "cerebellar"),
    ("cervix", "cervical"),
    ("chest", "thoracic"),
    ("colon", "colonic"),
    ("conjunctiva", "conjunctival"),
    ("cornea", "corneal"),
    ("duodenum", "duodenal"),
    ("ear", "aural auricular"),
    ("endometrium", "endometrial"),
    ("esophagus", "esophageal"),
    ("eye", "ocular"),
    ("eyelid", "palpebral"),
    ("face", "facial"),
    ("fetus", "fetal"),
    ("heart", "cardiac"),
    ("intestine", "intestinal"),
    ("kidney", "renal"),
    ("larynx", "laryngeal"),
    ("lip", "labial"),
    ("liver", "hepatic"),
    ("lung", "pulmonary"),
    ("lymph node", "nodal"),
    ("mouth", "oral"),
    ("muscle", "muscular"),
    ("myocardium", "myocardial"),
    ("nerve", "neural"),
    ("nose", "nasal"),
    ("oesophagus", "oesophageal"),
    ("ovary", "ovarian"),
    ("pancreas", "pancreatic"),
    ("pelvis", "pelvic"),
    ("penis", "penile"),
    ("pericardium", "pericardial"),
    ("peritoneum", "peritoneal"),
    ("pharynx", "pharyngeal"),
    ("placenta", "placental"),
    ("pleura", "pleural"),
    ("prostate", "prostatic"),
    ("rectum", "rectal"),
    ("retina", "retinal"),
    ("skin", "cutaneous dermal"),
    ("skull", "cranial"),
    ("spine", "spinal"),
    ("spleen", "splenic"),
    ("stomach", "gastric"),
    ("testis", "testicular"),
    ("thymus", "thymic"),
    ("tongue", "lingual"),
    ("tonsil", "tonsillar"),
    ("tooth", "dental"),
    ("trachea", "tracheal"),
    ("urethra", "urethral"),
    ("uterus", "uterine"),
    ("vagina", "vaginal"),
    ("vein", "venous"),
    ("vulva", "vulvar vulval"),
)


def _both_ways() -> dict[str, tuple[str, ...]]:
    """Return the other words for each noun and each adjective of the table."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for noun, adjectives in _PARTS:
        for adjective in adjectives.split():
            found[noun].append(adjective)
            found[adjective].append(noun)
    return {word: tuple(others) for word, others in found.items()}


BODY: Final = _both_ways()
"""The other words for a part of the body: adjectives of a noun, nouns of an adjective."""
