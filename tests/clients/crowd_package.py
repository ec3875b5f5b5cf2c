"""What the PyPI package Crowd reads from a directory: asked on standard input, answered on standard output, as JSON.

Usage: crowd_package.py URL [CERTIFICATE_AUTHORITY]
"""

import json
import sys

import crowd

FACTORS = {"remote": "127.0.0.1"}


def main():
    asked = json.load(sys.stdin)
    url, trust = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else True
    name, password = asked["application"]
    client = crowd.CrowdServer(url, name, password, ssl_verify=trust, timeout=20)
    wrong = crowd.CrowdServer(url, name, password + "x", ssl_verify=trust, timeout=20)
    memberships = client.get_memberships()
    read = {
        "application": [client.auth_ping(), wrong.auth_ping()],
        "cookie": client.get_cookie_conf(),
        "log_ins": [name_of(client.auth_user(*who)) for who in asked["log_ins"]],
        "people": [person(client.get_user(name)) for name in asked["people"]],
        "direct_groups": [client.get_groups(name) for name in asked["people"]],
        "nested_groups": [client.get_nested_groups(name) for name in asked["people"]],
        "nested_people": [client.get_nested_group_users(name) for name in asked["groups"]],
        "memberships": [memberships.get(name) for name in asked["groups"]],
        "found_people": names(client.search("user", *asked["search"]), "users"),
        "found_groups": names(client.search("group", "name", "TEAM"), "groups"),
        "session": session(client, *asked["session"]),
        "session_refused": [client.get_session(*who) is None for who in asked["log_ins"]],
    }
    json.dump(read, sys.stdout)


def name_of(user):
    return user and user["name"]


def names(found, kind):
    return [entry["name"] for entry in found[kind]]


def person(user):
    if user is None:
        return None
    read = {key: user[key] for key in ("name", "display-name", "email", "active")}
    read["attributes"] = {it["name"]: it["values"] for it in user["attributes"]["attributes"]}
    return read


def session(client, name, password):
    opened = client.get_session(name, password, **FACTORS)
    token = opened["token"]
    valid = client.validate_session(token, **FACTORS)
    return {
        "opened": opened["user"]["name"],
        "valid": valid["user"]["name"],
        "prolonged": valid["expiry-date"] >= opened["expiry-date"] > opened["created-date"],
        "valid_elsewhere": client.validate_session(token, remote="192.0.2.1") is not None,
        "ended": client.terminate_session(token),
        "valid_after_end": client.validate_session(token, **FACTORS) is not None,
        "ended_again": client.terminate_session(token),
    }


main()
