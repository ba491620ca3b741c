"""import_census FILE [--apply] [--map 'HEADER=field'] [--json]: stage, check, preview; with --apply, apply."""

from members.management.commands._importing import ImportCommand


class Command(ImportCommand):
    help = "The towns' census workbook: stage, check, preview and, with --apply, apply. The operator's act."
    kind = "census"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--map", action="append", metavar="'HEADER=field'", help="what an unknown header means; may be repeated")
