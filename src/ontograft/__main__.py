"""``python -m ontograft`` is ``ontograft``."""

from .pipeline.cli import main

if __name__ == "__main__":
    main()
