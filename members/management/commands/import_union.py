"""import_union FILE [--apply] [--json]: the union federation's register, the same steps."""

from members.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "The union federation's register: stage, check, preview and, with --apply, apply. The operator's act."
    kind = "union"
