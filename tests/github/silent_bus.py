"""A D-Bus daemon of our own, small and rude: it lets people in and then says nothing, or has a service that does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeepney import HeaderFields, Message, MessageType, Parser, new_method_return


@contextmanager
def silent_bus(folder: Path, *, polite: bool) -> Iterator[str]:
    """The address of a bus; a polite one answers for itself and has a secret service, which never answers."""
    path = folder / "bus"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        threading.Thread(target=_accept, args=(server, polite), daemon=True).start()
        yield f"unix:path={path}"
        server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, polite: bool) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        talk = _talk if polite else _listen
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


def _listen(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def _talk(connection: socket.socket) -> None:
    with connection:
        begun = b""
        while not begun.endswith(b"BEGIN\r\n"):
            line = connection.recv(4096)
            if not line:
                return
            begun += line
            if b"AUTH" in line:
                connection.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            elif b"NEGOTIATE" in line:
                connection.sendall(b"AGREE_UNIX_FD\r\n")
        parser, serial = Parser(), 0
        while data := connection.recv(4096):
            parser.add_data(data)
            while (message := parser.get_next_message()) is not None:
                reply = _reply(message)
                if reply is not None:
                    serial += 1
                    connection.sendall(reply.serialise(serial=serial))


def _reply(message: Message) -> Message | None:
    fields = message.header.fields
    if message.header.message_type is not MessageType.method_call:
        return None
    if fields.get(HeaderFields.destination) != "org.freedesktop.DBus":
        return None
    body: dict[str, tuple[str, tuple[object, ...]]] = {
        "Hello": ("s", (":1.7",)),
        "NameHasOwner": ("b", (True,)),
        "GetNameOwner": ("s", (":1.2",)),
        "ListActivatableNames": ("as", ([],)),
        "AddMatch": ("", ()),
        "RemoveMatch": ("", ()),
    }
    signature, values = body.get(str(fields.get(HeaderFields.member)), ("", ()))
    reply = new_method_return(message, signature or None, values)
    reply.header.fields[HeaderFields.sender] = "org.freedesktop.DBus"
    return reply
