"""The words of the login page, the change of password and the printed slips, in the site's languages.

Plain sentences at B1 level. Values may have places for ``str.format``; they hold no markup.
"""

# ruff: noqa: RUF001  (French has the typographic apostrophe)

from __future__ import annotations

from doorstart.people.roster import LANGUAGES

Texts = dict[str, str]

_TEXTS: dict[str, Texts] = {
    "en": {
        "log_in": "Log in",
        "username": "Username",
        "password": "Password",
        "show": "Show password",
        "refused": "You are not logged in. The username or the password is wrong, or there were too many wrong tries. "
        "Check the capital letters. After {limit} wrong tries, an account is closed for {minutes} min. "
        "Forgot your password? Ask your teacher.",
        "form_expired": "The page was open for too long. Please try again.",
        "change_title": "Choose your own password",
        "change_first": "First choose your own password. After that you can start.",
        "old": "Password that you have now",
        "old_one_time": "Password on your slip of paper",
        "new": "New password",
        "again": "New password again",
        "change": "Save the new password",
        "rules": "At least {length} characters. Longer is better: three or four words, for example. "
        "Do not use your name or a password that many people use.",
        "changed": "Your new password is saved.",
        "go_on": "Go on",
        "wrong_old": "The password that you have now is not right, or there were too many wrong tries.",
        "differ": "The two new passwords are not the same.",
        "same": "This is the password that you have now. Choose another one.",
        "short": "The new password is too short. Use at least {length} characters.",
        "long": "The new password is too long. Use at most {bytes} characters.",
        "control": "The new password has a character in it that you cannot see. Type it again.",
        "weak_username": "The new password looks too much like your username.",
        "common": "Many people use this password. Choose another one.",
        "simple": "The new password has too few different characters.",
        "slip_title": "Your account",
        "slip_name": "Name",
        "slip_address": "Address",
        "slip_once": "You use this password only once. When you log in, you choose your own password.",
        "slip_keep": "Do not show this paper to anyone. Destroy it after you have logged in.",
    },
    "nl": {
        "log_in": "Aanmelden",
        "username": "Gebruikersnaam",
        "password": "Wachtwoord",
        "show": "Wachtwoord tonen",
        "refused": "Je bent niet aangemeld. De gebruikersnaam of het wachtwoord is fout, of er waren te veel foute "
        "pogingen. Let op hoofdletters. Na {limit} foute pogingen is een account {minutes} min. gesloten. "
        "Wachtwoord vergeten? Vraag het aan je lesgever.",
        "form_expired": "De pagina stond te lang open. Probeer het opnieuw.",
        "change_title": "Kies je eigen wachtwoord",
        "change_first": "Kies eerst je eigen wachtwoord. Daarna kun je beginnen.",
        "old": "Wachtwoord dat je nu hebt",
        "old_one_time": "Wachtwoord op je briefje",
        "new": "Nieuw wachtwoord",
        "again": "Nieuw wachtwoord, nog een keer",
        "change": "Nieuw wachtwoord bewaren",
        "rules": "Minstens {length} tekens. Langer is beter: drie of vier woorden bijvoorbeeld. "
        "Gebruik niet je naam en geen wachtwoord dat veel mensen gebruiken.",
        "changed": "Je nieuwe wachtwoord is bewaard.",
        "go_on": "Verder",
        "wrong_old": "Het wachtwoord dat je nu hebt, klopt niet, of er waren te veel foute pogingen.",
        "differ": "De twee nieuwe wachtwoorden zijn niet gelijk.",
        "same": "Dit is het wachtwoord dat je nu hebt. Kies een ander.",
        "short": "Het nieuwe wachtwoord is te kort. Gebruik minstens {length} tekens.",
        "long": "Het nieuwe wachtwoord is te lang. Gebruik hoogstens {bytes} tekens.",
        "control": "In het nieuwe wachtwoord staat een teken dat je niet ziet. Typ het opnieuw.",
        "weak_username": "Het nieuwe wachtwoord lijkt te veel op je gebruikersnaam.",
        "common": "Veel mensen gebruiken dit wachtwoord. Kies een ander.",
        "simple": "Het nieuwe wachtwoord heeft te weinig verschillende tekens.",
        "slip_title": "Je account",
        "slip_name": "Naam",
        "slip_address": "Adres",
        "slip_once": "Je gebruikt dit wachtwoord maar één keer. Bij het aanmelden kies je je eigen wachtwoord.",
        "slip_keep": "Toon dit blad aan niemand. Vernietig het als je bent aangemeld.",
    },
    "fr": {
        "log_in": "Se connecter",
        "username": "Nom d’utilisateur",
        "password": "Mot de passe",
        "show": "Afficher le mot de passe",
        "refused": "Vous n’êtes pas connecté. Le nom d’utilisateur ou le mot de passe est faux, ou il y a eu trop "
        "d’essais. Attention aux majuscules. Après {limit} essais, un compte est fermé pendant {minutes} min. "
        "Mot de passe oublié ? Demandez à votre formateur.",
        "form_expired": "La page est restée ouverte trop longtemps. Essayez encore une fois.",
        "change_title": "Choisissez votre propre mot de passe",
        "change_first": "Choisissez d’abord votre propre mot de passe. Ensuite, vous pouvez commencer.",
        "old": "Mot de passe actuel",
        "old_one_time": "Mot de passe sur votre papier",
        "new": "Nouveau mot de passe",
        "again": "Nouveau mot de passe, encore une fois",
        "change": "Enregistrer le nouveau mot de passe",
        "rules": "Au moins {length} caractères. Plus long, c’est mieux : trois ou quatre mots, par exemple. "
        "N’utilisez pas votre nom, ni un mot de passe que beaucoup de gens utilisent.",
        "changed": "Votre nouveau mot de passe est enregistré.",
        "go_on": "Continuer",
        "wrong_old": "Le mot de passe actuel n’est pas juste, ou il y a eu trop d’essais.",
        "differ": "Les deux nouveaux mots de passe ne sont pas identiques.",
        "same": "C’est le mot de passe actuel. Choisissez-en un autre.",
        "short": "Le nouveau mot de passe est trop court. Utilisez au moins {length} caractères.",
        "long": "Le nouveau mot de passe est trop long. Utilisez au plus {bytes} caractères.",
        "control": "Le nouveau mot de passe contient un caractère invisible. Tapez-le à nouveau.",
        "weak_username": "Le nouveau mot de passe ressemble trop à votre nom d’utilisateur.",
        "common": "Beaucoup de gens utilisent ce mot de passe. Choisissez-en un autre.",
        "simple": "Le nouveau mot de passe a trop peu de caractères différents.",
        "slip_title": "Votre compte",
        "slip_name": "Nom",
        "slip_address": "Adresse",
        "slip_once": "Ce mot de passe ne sert qu’une fois. À la connexion, vous choisissez votre propre mot de passe.",
        "slip_keep": "Ne montrez ce papier à personne. Détruisez-le après vous être connecté.",
    },
    "de": {
        "log_in": "Anmelden",
        "username": "Benutzername",
        "password": "Passwort",
        "show": "Passwort anzeigen",
        "refused": "Sie sind nicht angemeldet. Der Benutzername oder das Passwort ist falsch, oder es gab zu viele "
        "Versuche. Achten Sie auf Großbuchstaben. Nach {limit} falschen Versuchen ist ein Konto {minutes} Min. "
        "gesperrt. Passwort vergessen? Fragen Sie Ihre Lehrkraft.",
        "form_expired": "Die Seite war zu lange offen. Bitte versuchen Sie es noch einmal.",
        "change_title": "Wählen Sie Ihr eigenes Passwort",
        "change_first": "Wählen Sie zuerst Ihr eigenes Passwort. Danach können Sie anfangen.",
        "old": "Passwort, das Sie jetzt haben",
        "old_one_time": "Passwort auf Ihrem Zettel",
        "new": "Neues Passwort",
        "again": "Neues Passwort, noch einmal",
        "change": "Neues Passwort speichern",
        "rules": "Mindestens {length} Zeichen. Länger ist besser: zum Beispiel drei oder vier Wörter. "
        "Nehmen Sie nicht Ihren Namen und kein Passwort, das viele Leute benutzen.",
        "changed": "Ihr neues Passwort ist gespeichert.",
        "go_on": "Weiter",
        "wrong_old": "Das Passwort, das Sie jetzt haben, ist nicht richtig, oder es gab zu viele Versuche.",
        "differ": "Die zwei neuen Passwörter sind nicht gleich.",
        "same": "Das ist das Passwort, das Sie jetzt haben. Wählen Sie ein anderes.",
        "short": "Das neue Passwort ist zu kurz. Nehmen Sie mindestens {length} Zeichen.",
        "long": "Das neue Passwort ist zu lang. Nehmen Sie höchstens {bytes} Zeichen.",
        "control": "Im neuen Passwort ist ein unsichtbares Zeichen. Tippen Sie es noch einmal.",
        "weak_username": "Das neue Passwort ist Ihrem Benutzernamen zu ähnlich.",
        "common": "Viele Leute benutzen dieses Passwort. Wählen Sie ein anderes.",
        "simple": "Das neue Passwort hat zu wenige verschiedene Zeichen.",
        "slip_title": "Ihr Konto",
        "slip_name": "Name",
        "slip_address": "Adresse",
        "slip_once": "Dieses Passwort gilt nur einmal. Beim Anmelden wählen Sie Ihr eigenes Passwort.",
        "slip_keep": "Zeigen Sie diesen Zettel niemandem. Vernichten Sie ihn, wenn Sie angemeldet sind.",
    },
}


def of(language: str) -> Texts:
    """The words in this language; English for a language that the site does not have."""
    return _TEXTS.get(language, _TEXTS["en"])


def preferred(accept_language: str) -> str:
    """The site's language that a browser prefers, from its ``Accept-Language`` header (RFC 9110, 12.5.4)."""
    offers: list[tuple[float, str]] = []
    for part in accept_language.split(","):
        tag, _, parameter = part.strip().partition(";")
        try:
            weight = float(parameter.partition("=")[2]) if parameter else 1.0
        except ValueError:
            continue
        offers.append((-weight, tag.partition("-")[0].lower()))
    # Sorting is stable, so of equally weighted languages the first one wins.
    wanted = (language for weight, language in sorted(offers, key=lambda offer: offer[0]) if weight < 0)
    return next((language for language in wanted if language in LANGUAGES), "en")
