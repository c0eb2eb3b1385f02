"""Accounting in a real system: the year of units 7 and 10 and the quarter of unit 8, booked in Tryton.

Tryton runs in a process of its own, for it changes much of the process in which it runs, and is asked once: that is
this file, run as a program. It has the Belgian chart of accounts and taxes of ``account_be`` in a SQLite database in
memory, and is refused any network. Nothing of it stays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

import pytest

Names = Callable[[str, str], dict[str, Any]]
Row = dict[str, Any]
LAST_DAY = date(2026, 12, 31)
ZERO = Decimal("0.00")
CHART = "account_be.root_nl"
SECONDS = 900
"""At most, on a machine that is busy; mostly it takes less than one minute."""

TAXES = {
    "sale standard": "tva_vente_biens_21_nl",
    "sale low": "tva_vente_biens_6_nl",
    "credit note standard": "tva_vente_biens_21_nl",
    "eu sale none": "tva_vente_biens_intracommunautaires_0_nl",
    "goods standard": "tva_achat_marchandises_21_nl",
    "services standard": "tva_achat_frais_biens_21_nl",
    "eu goods standard": "tva_achat_marchandises_intracommunautaires_21_nl",
    "equipment standard": "tva_achat_investissement_21_nl",
}
"""Kind and rate of a document in unit 8, and the tax of account_be that a bookkeeper in Tryton chooses for it."""

ORACLE = {"100": "-10000", "240": "12000", "2409": "-2400", "340": "900", "400": "2285", "411": "1701", "440": "-11086"}
ORACLE |= {"451": "0", "550": "9000", "604": "4000", "6094": "-900", "610": "600", "6302": "2400", "700": "-8500"}
GRIDS = {"01": "2000", "03": "10000", "46": "3000", "49": "500", "54": "2220", "55": "315", "59": "1638", "64": "105"}
GRIDS |= {"81": "5500", "82": "300", "83": "2000", "86": "1500"}
FORM = "00 01 02 03 44 45 46 47 48 49 54 55 56 57 59 61 62 63 64 81 82 83 84 85 86 87 88 XX YY"
"""The grids of the form, and its two sums."""


@pytest.fixture(scope="module")
def year(names: Names) -> list[Row]:
    """The journal of units 7 and 10 with the entries that the reference solutions of 9 and 10 make on the last day."""
    closing, assets = names("accounting", "10-closing"), names("accounting", "09-assets")
    (van,) = [asset for asset in assets["register"] if asset["asset"] == "van"]
    stock = closing["stock_entry"](LAST_DAY, "M-2", Decimal("900.00"), ZERO)
    depreciation = assets["depreciation_entry"](LAST_DAY, "M-3", [assets["register_line"](van, LAST_DAY.year)])
    return [*names("accounting", "07-full-cycle")["journal"], *stock, *depreciation]


@pytest.fixture(scope="module")
def tryton(year: list[Row], names: Names, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Tryton says after the year and the quarter were booked in it; amounts are text."""
    work = tmp_path_factory.mktemp("tryton")
    documents = [
        {"document": one["document"], "is_sale": one["journal"] == "sales", "net": str(one["net"])}
        | {"tax": TAXES[f"{one['kind']} {one['rate']}"], "is_credit": one["kind"] == "credit note"}
        for one in names("accounting", "08-vat-return")["documents"]
    ]
    asked = {"year": [{key: str(value) for key, value in row.items()} for row in year], "documents": documents}
    done = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", __file__],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        cwd=work,
        env={**os.environ, "HOME": str(work), "DB_NAME": ":memory:", "TRYTOND_DATABASE_URI": "sqlite://"},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(work.iterdir()) == []
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _balances(rows: Iterable[Row]) -> dict[str, Decimal]:
    """Balances by account, debit being positive."""
    found: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        found[row["account"]] += row["debit"] - row["credit"]
    return dict(found)


def _amounts(texts: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}


def test_the_trial_balance_of_the_year(tryton: dict[str, Any], year: list[Row], names: Names) -> None:
    found = _amounts(tryton["trial_balance"])
    lines = names("accounting", "07-full-cycle")["trial_balance"](year)
    assert found == _balances(lines) == _amounts(ORACLE)
    assert sum(balance for balance in found.values() if balance > 0) == Decimal("32886.00")
    assert names("accounting", "10-closing")["balances"](year) == found


def test_the_trial_balance_before_the_last_day(tryton: dict[str, Any], names: Names) -> None:
    unit = names("accounting", "07-full-cycle")
    assert _amounts(tryton["before_last_day"]) == _balances(unit["trial_balance"](unit["journal"]))


def test_tryton_closes_the_year_with_the_same_entry(tryton: dict[str, Any], year: list[Row], names: Names) -> None:
    unit = names("accounting", "10-closing")
    entry = unit["close_accounts"](year, LAST_DAY, "M-9")
    expected = sorted((row["account"], row["debit"], row["credit"]) for row in entry)
    found = [(account, Decimal(debit), Decimal(credit)) for account, debit, credit in tryton["closing"]]
    assert sorted(found) == expected
    assert ("140", ZERO, Decimal("2400.00")) in expected
    after = _amounts(tryton["after_closing"])
    assert after == _balances([*year, *entry])
    assert all(balance == 0 for account, balance in after.items() if account[0] in "67")


def test_the_grids_of_the_quarter(tryton: dict[str, Any], names: Names) -> None:
    unit = names("accounting", "08-vat-return")
    sales = unit["sales_grids"](unit["sales"], unit["rates"])
    purchases = unit["purchase_grids"](unit["purchases"], unit["rates"])
    grids = _amounts(tryton["grids"])
    # 71 - 72 of Tryton is the sum of all that stands below it, and no grid of the form.
    assert grids.keys() - {"71 - 72", "91"} == set(FORM.split())
    filled = {grid: amount for grid, amount in grids.items() if grid.isdigit() and amount}
    assert filled == sales | purchases == _amounts(GRIDS)
    last = unit["last_grids"](sales | purchases)
    assert (grids["XX"], grids["YY"]) == (last["XX"], last["YY"]) == (2535, 1743)
    assert last["71"] == grids["XX"] - grids["YY"] == 792


def test_the_rates_of_the_law_are_those_of_tryton(tryton: dict[str, Any], names: Names) -> None:
    rates = names("accounting", "08-vat-return")["rates"]
    assert {Decimal(rate) * 100 for rate in tryton["rates"]} == {rates["standard"], rates["low"], rates["zero"]}


# Below: what runs in the process of its own.


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise PermissionError(f"Tryton asks for something outside: {event}{arguments[-1:]}")


def main() -> None:
    """Books what stands in standard input, and says what came of it."""
    sys.addaudithook(_no_network)
    asked = json.load(sys.stdin)
    books = Books()
    last_day = [row for row in asked["year"] if row["document"] in ("M-2", "M-3")]
    before = [row for row in asked["year"] if row not in last_day]
    books.post(before)
    answer: dict[str, Any] = {"before_last_day": books.balances({row["account"] for row in before})}
    books.post(last_day)
    accounts = {row["account"] for row in asked["year"]}
    answer["trial_balance"] = books.balances(accounts)
    answer["closing"] = books.close("140")
    answer["after_closing"] = books.balances(accounts | {"140"})
    for document in asked["documents"]:
        books.invoice(**document)
    answer |= {"grids": books.grids(), "rates": books.rates()}
    json.dump(answer, sys.stdout)


def _stop(why: str) -> NoReturn:
    raise SystemExit(why)


class Books:
    """A Belgian firm in Tryton with one year, without a booking."""

    def __init__(self) -> None:
        from proteus import Model, Wizard, config
        from trytond.modules.account.tests.tools import create_chart, create_fiscalyear
        from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
        from trytond.modules.company.tests.tools import create_company, get_company
        from trytond.tests.test_tryton import drop_create

        drop_create()
        self._config = config.set_trytond()
        self._get, self._wizard = Model.get, Wizard
        (dutch,) = self._get("ir.lang").find([("code", "=", "nl")])
        dutch.click("load_translations")  # The Belgian charts are there in languages that are loaded only.
        module = self._get("ir.module")
        module.click(module.find([("name", "in", ["account_be", "account_invoice"])]), "activate")
        Wizard("ir.module.activate_upgrade").execute("upgrade")
        create_company(currency="EUR")
        self._company = get_company()
        first_day = LAST_DAY.replace(month=1, day=1)
        fiscal_year = create_fiscalyear(self._company, (first_day, LAST_DAY))
        self._year = set_fiscalyear_invoice_sequences(fiscal_year)
        self._year.click("create_period")
        create_chart(self._company, chart=CHART)
        self._party = self._get("party.party")(name="Somebody")
        self._party.save()
        self._codes: dict[str, Any] = {}

    def post(self, rows: list[Row]) -> None:
        """Entries of the year, one move for each document."""
        (journal,) = self._get("account.journal").find([("type", "=", "general"), ("code", "=", "MISC")])
        for document in dict.fromkeys(row["document"] for row in rows):
            move = self._get("account.move")(journal=journal, description=document)
            for row in (row for row in rows if row["document"] == document):
                move.date = date.fromisoformat(row["date"])
                line = move.lines.new(account=self._account(row["account"]))
                line.debit, line.credit = Decimal(row["debit"]), Decimal(row["credit"])
                if line.account.party_required:
                    line.party = self._party
            move.save()
            move.click("post")
            if move.state != "posted":
                _stop(f"{document} is {move.state}")

    def balances(self, codes: set[str]) -> dict[str, str]:
        """What Tryton says are the balances of these accounts."""
        with self._config.set_context(fiscalyear=self._year.id, posted=True):
            found = {}
            for code in sorted(codes):
                (account,) = self._get("account.account").find([("code", "=", code)])
                found[code] = str(account.balance)
        return found

    def close(self, code: str) -> list[tuple[str, str, str]]:
        """The entry with which Tryton itself brings costs and income to 0, the result going to this account."""
        journal = self._get("account.journal")(name="Closing", code="CLOSE", type="situation")
        journal.save()
        period = self._get("account.period")(name="Closing", type="adjustment", fiscalyear=self._year)
        period.start_date = period.end_date = LAST_DAY
        period.save()
        wizard = self._wizard("account.fiscalyear.balance_non_deferral")
        wizard.form.fiscalyear, wizard.form.journal, wizard.form.period = self._year, journal, period
        wizard.form.credit_account = wizard.form.debit_account = self._account(code)
        wizard.execute("balance")
        (move,) = self._get("account.move").find([("state", "=", "draft")])
        move.click("post")
        return [(line.account.code, str(line.debit), str(line.credit)) for line in move.lines]

    def invoice(self, document: str, is_sale: bool, net: str, tax: str, is_credit: bool) -> None:
        """One document of the quarter, as an invoice with a tax of account_be."""
        day = date(LAST_DAY.year, 9, 15)
        invoice = self._get("account.invoice")(type="out" if is_sale else "in", party=self._party)
        # No payment term: the invoice is due on the day of the test, so Tryton does not warn of an old due date.
        invoice.invoice_date, invoice.reference = day, document
        if not is_sale:
            invoice.accounting_date = day
        line = invoice.lines.new(description=document, quantity=-1.0 if is_credit else 1.0)
        line.account = self._account("700" if is_sale else "604")
        line.unit_price = Decimal(net)
        line.taxes.append(self._tax(tax))
        invoice.save()
        invoice.click("post")
        if invoice.state != "posted":
            _stop(f"{document} is {invoice.state}")

    def grids(self) -> dict[str, str]:
        """The amounts of all codes of the VAT return in the third quarter."""
        every = self._get("account.period").find([("type", "=", "standard")])
        periods = [period for period in every if period.start_date.month in (7, 8, 9)]
        with self._config.set_context(periods=[period.id for period in periods]):
            return {code.code: str(code.amount) for code in self._get("account.tax.code").find([("code", "!=", None)])}

    def rates(self) -> list[str]:
        """The rates of the taxes that the documents have; a tax with parts has the rate of the part above 0."""
        found = set()
        for name in sorted(set(TAXES.values())):
            tax = self._tax(name)
            found.add(str(max(part.rate for part in [*tax.childs, tax] if part.rate is not None)))
        return sorted(found)

    def _tax(self, name: str) -> Any:
        template = self._get("ir.model.data").get_id("account_be", name, self._config.context)
        (tax,) = self._get("account.tax").find([("template", "=", template)])
        return tax

    def _account(self, code: str) -> Any:
        """The account with this code, or, if nothing may be booked on it, the first one below it.

        An account that the chart does not have is made below the longest code that it has: 240 below 24.
        """
        if code in self._codes:
            return self._codes[code]
        model = self._get("account.account")
        found = model.find([("code", "=", code)])
        if not found:
            shorter = [code[:end] for end in range(1, len(code))]
            chart = model.find([("code", "in", shorter), ("template", "!=", None)])
            above = max(chart, key=lambda one: len(one.code))
            made = model(name=code, code=code, parent=above, type=above.type, company=self._company)
            made.deferral = code[0] in "12345"
            made.save()
            found = [made]
        (account,) = found
        if account.closed:
            account = min((one for one in account.childs if not one.closed), key=lambda one: str(one.code))
        self._codes[code] = account
        return account


if __name__ == "__main__":
    main()
