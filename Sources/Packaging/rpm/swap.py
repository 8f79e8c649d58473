#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""swap.py ROOT NAME FILE: erases one package and installs another one in the same transaction, as dnf does, which rpm's own command
cannot. Scripts run; what the packages require is not looked at."""
import os
import sys

import rpm

root, name, path = sys.argv[1:]
rpm.addMacro("_dbpath", "/rpmdb")
transaction = rpm.TransactionSet(root)
transaction.setVSFlags(-1)
with open(path, "rb") as file:
    transaction.addInstall(transaction.hdrFromFdno(file.fileno()), path, "i")
transaction.addErase(name)
opened = {}


def tell(what, amount, total, key, data):
    if what == rpm.RPMCALLBACK_INST_OPEN_FILE:
        opened[key] = os.open(key, os.O_RDONLY)
        return opened[key]
    if what == rpm.RPMCALLBACK_INST_CLOSE_FILE:
        os.close(opened.pop(key))
    return None


transaction.setProbFilter(rpm.RPMPROB_FILTER_REPLACENEWFILES | rpm.RPMPROB_FILTER_REPLACEOLDFILES)
problems = transaction.run(tell, "")
if problems:
    sys.exit(f"{problems}")
