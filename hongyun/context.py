"""What every template may say: numbers to call, and whether this is the demo."""

from django.conf import settings


def house(request):
    """DEMO, HOTLINE, HALL_PHONE, HALL_HOURS, QUICK_EXIT_URL, care (长辈版 by cookie)."""
    return {
        "DEMO": settings.DEMO,
        "HOTLINE": settings.HOTLINE,
        "HALL_PHONE": settings.HALL_PHONE,
        "HALL_HOURS": settings.HALL_HOURS,
        "QUICK_EXIT_URL": settings.QUICK_EXIT_URL,
        "care": request.COOKIES.get("care") == "1",
    }
