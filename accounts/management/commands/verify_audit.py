"""verify_audit: walk the audit chain and name the first broken line."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import AuditLine
from accounts.services import audit


class Command(BaseCommand):
    help = "Verify the audit chain; name the first broken line."

    def handle(self, *args, **options):
        broken = audit.first_broken()
        if broken:
            raise CommandError(broken)
        sealed = AuditLine.objects.filter(seq__isnull=False).count()
        waiting = AuditLine.objects.filter(seq=None).count()
        self.stdout.write(f"audit chain holds: {sealed} sealed, {waiting} waiting for the next seal")
