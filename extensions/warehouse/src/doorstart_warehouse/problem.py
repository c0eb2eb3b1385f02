"""A policy that cannot be used, and what its author is told."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "nl", "fr", "de"]
Kind = Literal["nothing", "text", "kind", "negative", "fraction", "no number", "huge", "raised", "printed", "slow"]

_PLACE: dict[Language, str] = {
    "en": 'In week {week}, for "{article}": your policy {what}',
    "nl": 'In week {week}, voor "{article}": je bestelregel {what}',
    "fr": "Semaine {week}, pour « {article} » : votre règle de commande {what}",
    "de": "In Woche {week} hat deine Bestellregel für „{article}“ {what}",
}
_WHAT: dict[Language, dict[Kind, str]] = {
    "en": {
        "nothing": "returned nothing. Return a number in each branch; 0 means: do not order.",
        "text": "returned text: {value}. Return a number without quotes.",
        "kind": "returned a {value}. Return one whole number of pieces.",
        "negative": "returned {value}. An order is 0 or more: use max(0, …).",
        "fraction": "returned {value}. Nobody can order part of a piece: use round or math.ceil.",
        "no number": "returned {value}, which is no amount. Do you divide by something that can be 0?",
        "huge": "ordered {value} pieces. An order has at most {most}: look for the mistake in your calculation.",
        "raised": "stopped with {value}. Call the function once by itself, with small numbers, and read the error.",
        "printed": "printed more than {most} characters. Take the print lines out.",
        "slow": "needed more than {most} seconds in all. Look for a loop that runs too often.",
    },
    "nl": {
        "nothing": "gaf niets terug. Geef in elke tak een getal terug; 0 betekent: niet bestellen.",
        "text": "gaf tekst terug: {value}. Geef een getal zonder aanhalingstekens terug.",
        "kind": "gaf een {value} terug. Geef één geheel aantal stuks terug.",
        "negative": "gaf {value} terug. Een bestelling is 0 of meer: gebruik max(0, …).",
        "fraction": "gaf {value} terug. Een deel van een stuk kun je niet bestellen: gebruik round of math.ceil.",
        "no number": "gaf {value} terug, en dat is geen aantal. Deel je door iets dat 0 kan zijn?",
        "huge": "bestelde {value} stuks. Een bestelling heeft er hoogstens {most}: zoek de fout in je berekening.",
        "raised": "stopte met {value}. Roep de functie één keer apart op, met kleine getallen, en lees de fout.",
        "printed": "toonde meer dan {most} tekens. Haal de regels met print weg.",
        "slow": "had in totaal meer dan {most} seconden nodig. Zoek een lus die te vaak draait.",
    },
    "fr": {
        "nothing": "n'a rien renvoyé. Renvoyez un nombre dans chaque branche ; 0 veut dire : ne rien commander.",
        "text": "a renvoyé du texte : {value}. Renvoyez un nombre sans guillemets.",
        "kind": "a renvoyé un {value}. Renvoyez un seul nombre entier de pièces.",
        "negative": "a renvoyé {value}. Une commande est 0 ou plus : utilisez max(0, …).",
        "fraction": "a renvoyé {value}. On ne commande pas une partie de pièce : utilisez round ou math.ceil.",
        "no number": "a renvoyé {value}, ce n'est pas une quantité. Divisez-vous par quelque chose qui peut être 0 ?",
        "huge": "a commandé {value} pièces. Une commande en a au plus {most} : cherchez l'erreur de calcul.",
        "raised": "s'est arrêtée avec {value}. Appelez-la une fois avec de petits nombres, et lisez l'erreur.",
        "printed": "a affiché plus de {most} caractères. Enlevez les lignes avec print.",
        "slow": "a pris plus de {most} secondes en tout. Cherchez une boucle qui tourne trop souvent.",
    },
    "de": {
        "nothing": "nichts zurückgegeben. Gib in jedem Zweig eine Zahl zurück; 0 heißt: nicht bestellen.",
        "text": "Text zurückgegeben: {value}. Gib eine Zahl ohne Anführungszeichen zurück.",
        "kind": "einen Wert der Art {value} zurückgegeben. Gib eine ganze Zahl von Stücken zurück.",
        "negative": "{value} zurückgegeben. Eine Bestellung ist 0 oder mehr: nimm max(0, …).",
        "fraction": "{value} zurückgegeben. Teile eines Stücks kann man nicht bestellen: nimm round oder math.ceil.",
        "no number": "{value} zurückgegeben, das ist keine Menge. Teilst du durch etwas, das 0 sein kann?",
        "huge": "{value} Stück bestellt. Eine Bestellung hat höchstens {most}: suche den Fehler in der Rechnung.",
        "raised": "mit {value} aufgehört. Rufe die Funktion einmal mit kleinen Zahlen auf, und lies den Fehler.",
        "printed": "mehr als {most} Zeichen angezeigt. Nimm die Zeilen mit print heraus.",
        "slow": "insgesamt mehr als {most} Sekunden gebraucht. Suche eine Schleife, die zu oft läuft.",
    },
}
LANGUAGES: tuple[Language, ...] = tuple(_PLACE)


class PolicyError(Exception):
    """A policy returned something that is no order, or did not return.

    Attributes:
        kind: of what went wrong; the keys of the texts above.
        week: 1 to 26.
        article: for which it was asked.
    """

    def __init__(
        self, kind: Kind, week: int, article: str, language: Language = "en", *, value: str = "", most: int = 0
    ) -> None:
        self.kind: Kind = kind
        self.week, self.article = week, article
        what = _WHAT[language][kind].format(value=value, most=most)
        super().__init__(_PLACE[language].format(week=week, article=article, what=what))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in the place of a traceback, which would be about this package."""
        return [str(self)]
