"""Doors of appeals."""

app_name = "appeals"
urlpatterns = []
