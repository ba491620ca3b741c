"""One door, for the SMS gateway."""

from django.urls import path

from notices.api.receipts import ReceiptView

app_name = "notices-api"
urlpatterns = [path("notices/receipts", ReceiptView.as_view(), name="receipts")]
