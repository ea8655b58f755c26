"""What GitHub's billing platform reports: lines of usage, budgets and plans, decoded directly from the API.

Responses differ from their description in many ways, so nearly every field has a default.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Holder = Literal["user", "organization"]
"""Who a bill is for; the API has other endpoints for each."""


class UsageLine(Struct, frozen=True, kw_only=True, rename="camel"):
    """What one repository used of one SKU on one day; amounts are in USD.

    Described as integers, quantities are fractions, too. ``repository_name`` may have the owner in front, or be empty.
    """

    date: str = ""
    product: str = ""
    sku: str = ""
    quantity: float | None = None
    unit_type: str = ""
    gross_amount: float | None = None
    discount_amount: float | None = None
    net_amount: float | None = None
    repository_name: str | None = None


class Budget(Struct, frozen=True, kw_only=True):
    """A limit on spending, in USD per month; some servers name one product or SKU, others a list of them."""

    id: str
    budget_scope: str = ""
    budget_entity_name: str = ""
    budget_product_sku: str = ""
    budget_product_skus: tuple[str, ...] = ()
    budget_amount: float | None = None
    prevent_further_usage: bool = False


class Plan(Struct, frozen=True, kw_only=True):
    """The plan of an owner, such as ``team``; empty if the token cannot read it.

    ``holder`` is None for another user, whose bill nobody else can read.
    """

    holder: Holder | None
    name: str = ""
