"""One human is one Person, signed in or not: a census row makes an unactivated one."""

from __future__ import annotations

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField


class PersonManager(BaseUserManager):
    """Persons are made by services; this only serves Django's own commands."""

    def get_by_natural_key(self, login):
        return self.get(login=login)


class Person(AbstractBaseUser):
    """A human. Phone and resident ID are sealed in the field and found through keyed indexes.

    `signin_index` is set once a phone was proved by a code: one phone opens one account, while many
    rows of the census may carry the same unproved number in `phone_index`.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    login = models.CharField(_("登录名"), max_length=40, unique=True, null=True, blank=True)
    name = models.CharField(_("姓名"), max_length=80, blank=True)
    phone = EncryptedTextField(_("手机号"), null=True, blank=True)
    phone_index = models.CharField(max_length=64, null=True, blank=True, db_index=True, editable=False)
    signin_index = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    id_number = EncryptedTextField(_("身份证号"), null=True, blank=True)
    id_index = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    place = models.ForeignKey("accounts.Place", models.PROTECT, null=True, blank=True, verbose_name=_("镇街"))
    is_active = models.BooleanField(_("在用"), default=True)
    must_change_password = models.BooleanField(default=False, editable=False)
    phone_proved_at = models.DateTimeField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField(editable=False)
    away_from = models.DateField(_("外出自"), null=True, blank=True)
    away_to = models.DateField(_("外出至"), null=True, blank=True)
    demo_slug = models.CharField(max_length=24, blank=True, editable=False)

    objects = PersonManager()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = verbose_name_plural = _("人员")
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return f"person {self.key}"  # never a name: this is what logs and delete pages print

    # Django's own doors ask these; rights come from dated postings and the Viewer alone.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.login is not None

    def has_perm(self, perm, obj=None) -> bool:
        return False

    def has_module_perms(self, app_label) -> bool:
        return False
