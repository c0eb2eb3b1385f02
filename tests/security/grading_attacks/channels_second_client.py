"""Listens to the kernel as a client of its own, with the key from the connection file."""

FAMILY = "channels"
HONEST = 2
PLAIN = "hidden"
CODE = """
import json
import threading
import time

import zmq
from ipykernel import get_connection_info

info = json.loads(get_connection_info())
socket = zmq.Context().socket(zmq.SUB)
socket.connect(f"{info['transport']}://{info['ip']}:{info['iopub_port']}")
socket.subscribe(b"")


def listen():
    while True:
        with open("heard.txt", "ab") as file:
            file.write(b"|".join(socket.recv_multipart()))


threading.Thread(target=listen, daemon=True).start()
time.sleep(0.3)
"""
