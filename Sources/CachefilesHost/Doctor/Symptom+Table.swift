// SPDX-License-Identifier: Apache-2.0
extension Symptom {
  /// All symptoms, in the order of ``SymptomID``. Docs/Doctor.md has the same table.
  package static let table: [Symptom] = {
    let all = kernelSymptoms + directorySymptoms + configurationSymptoms + mountSymptoms + logSymptoms
    precondition(all.map(\.id) == SymptomID.allCases, "the table has each symptom once, in order")
    return all
  }()

  private static let kernelSymptoms = [
    Symptom(.modulePresent, .kernel, .ok, "the module cachefiles is loaded or built in"),
    Symptom(
      .moduleMissing, .kernel, .critical, "the module cachefiles is not loaded",
      advice: "run 'modprobe cachefiles'; if there is none, this kernel was built without CONFIG_CACHEFILES"),
    Symptom(.devicePresent, .kernel, .ok, "/dev/cachefiles exists, by which a daemon binds the cache"),
    Symptom(
      .deviceMissing, .kernel, .critical, "there is no /dev/cachefiles",
      advice: "load the module cachefiles; in a container, pass the device in"),
    Symptom(.bound, .kernel, .ok, "the kernel caches in this directory"),
    Symptom(
      .notBound, .kernel, .critical, "the kernel has no cache: nothing is cached anywhere",
      advice:
        "start cachefilesd (Debian: RUN=yes in /etc/default/cachefilesd) and read its log; no error in it: erratum C5"),
    Symptom(
      .boundElsewhere, .kernel, .warning, "the kernel caches, but in another directory",
      advice: "ask about that directory, or restart cachefilesd so that it reads its configuration again"),
    Symptom(
      .boundUnproven, .kernel, .unknown, "the kernel caches, but whether in this directory cannot be told",
      advice: "run this as root, without --proc"),
    Symptom(
      .beingBound, .kernel, .warning, "the cache is just being bound",
      advice: "ask again in a moment; if it stays so, restart cachefilesd"),
    Symptom(
      .ioError, .kernel, .critical, "an I/O error stopped the cache; nothing is cached until it is bound again",
      advice: "read the kernel log, run cachefiles-fsck on the directory, then restart cachefilesd"),
    Symptom(
      .withdrawn, .kernel, .critical, "the cache is being withdrawn: its daemon has ended",
      advice: "read cachefilesd's last messages in the log, then start it again; if there are none: erratum C5"),
    Symptom(
      .volumeWithoutCache, .kernel, .warning, "a volume has no cache: what is mounted there is not cached",
      advice: "mounted before the cache was bound, or its directory is damaged: run cachefiles-fsck, then remount"),
    Symptom(
      .cacheNeverRead, .kernel, .warning, "the cache is filled, but nothing was ever read from it",
      advice: "files are read once only, or are stored anew each time: see 'Filled and never read' in Docs/Errata.md"),
    Symptom(
      .cacheUntouched, .kernel, .warning,
      "files have cookies and are read from the server, but the cache is never asked",
      advice: "mounted before the cache was bound, or opened for writing or O_DIRECT: remount while it is bound"),
    Symptom(.statistics, .kernel, .ok, "what the kernel has counted since its modules were loaded"),
    Symptom(
      .unreadable, .kernel, .unknown, "a file of the kernel's exists and cannot be read", advice: "run this as root"),
    Symptom(
      .linesNotUnderstood, .kernel, .unknown, "the kernel's tables have lines that this program does not know",
      advice: "report them with the kernel's version; what the other lines tell holds"),
  ]

  private static let directorySymptoms = [
    Symptom(.directoryPresent, .directory, .ok, "the directory is that of a cache"),
    Symptom(
      .directoryMissing, .directory, .critical, "the directory does not exist, so no daemon can bind it",
      advice: "make it, with mode 0700, or correct the 'dir' line; is its file system mounted?"),
    Symptom(
      .directoryUnreadable, .directory, .unknown, "the directory cannot be read", advice: "run this as root"),
    Symptom(
      .notACache, .directory, .warning, "the directory has no 'cache' in it: no kernel has ever bound it",
      advice: "start cachefilesd; if it runs, look whether this is the directory of its configuration"),
    Symptom(
      .directoryDamaged, .directory, .critical, "'cache' or 'graveyard' is not a directory: no kernel can bind it",
      advice: "run 'cachefiles-fsck -p', which puts a directory in its place"),
    Symptom(.nothingInTheWay, .directory, .ok, "nothing in the directory makes cachefilesd end"),
    Symptom(
      .specialFile, .directory, .critical,
      "a FIFO, socket, device or symbolic link in the cache: cachefilesd ends when it comes across one",
      advice: "remove it; or, while no kernel holds the cache, let 'cachefiles-fsck -p' bury it (outside volumes: -y)"),
    Symptom(
      .graveyardStuck, .directory, .critical,
      "something in the graveyard that cannot be removed: cachefilesd ends at its start, the cache never comes up",
      advice: "clear the flag with 'chattr -i -a' or unmount it, then run 'cachefiles sweep'"),
    Symptom(
      .mountInside, .directory, .critical,
      "something is mounted inside the cache: the kernel stops the cache with an I/O error at the first lookup there",
      advice: "unmount it"),
    Symptom(
      .walkIncomplete, .directory, .unknown, "not all of the directory could be looked at",
      advice: "run this as root; an I/O error here is one that stops the cache"),
    Symptom(.fsFit, .fileSystem, .ok, "the file system is one that caches are kept on"),
    Symptom(
      .fsCopy, .fileSystem, .ok,
      "no kernel binds a cache there; the directory is not the configured one: good for a copy"),
    Symptom(
      .fsUnfit, .fileSystem, .critical, "the file system lacks what a cache needs, or cannot keep it",
      advice: "put the cache on ext4, xfs or btrfs; a loop device on such a file system will do"),
    Symptom(
      .fsDoubtful, .fileSystem, .warning,
      "the file system may lack what a cache needs: user attributes, unnamed files, true holes",
      advice: "while the cache is not bound, cachefiles-fsck tries each of them"),
    Symptom(
      .fsReadOnly, .fileSystem, .critical, "the file system is mounted read-only",
      advice: "look in the kernel log for the error that made it so, then mount it read-write"),
    Symptom(
      .fsNoAttributes, .fileSystem, .critical, "the file system is mounted without user attributes",
      advice: "mount it without nouser_xattr"),
    Symptom(
      .fsBlockSize, .fileSystem, .critical, "the blocks of the file system are larger than a page of memory",
      advice: "make it anew with blocks of 4 KiB"),
    Symptom(
      .fsNoAccessTimes, .fileSystem, .warning,
      "access times do not move, so that culling does not know what was used last",
      advice: "mount it with relatime instead of noatime"),
    Symptom(.spaceOk, .limits, .ok, "there is room above the cull limit"),
    Symptom(
      .belowCull, .limits, .warning, "less is free than the cull limit: old objects are being removed",
      advice: "if it lasts, something else fills the disk or culling does not work: see 'cachefiles stats'"),
    Symptom(
      .belowStop, .limits, .critical, "less is free than the stop limit: nothing new is cached",
      advice: "remove what else lies there, bytes or files; with the cache not bound, 'cachefiles cull' makes room"),
  ]

  private static let configurationSymptoms = [
    Symptom(.configOk, .configuration, .ok, "the daemon and the kernel accept the configuration"),
    Symptom(
      .configOfAnother, .configuration, .ok,
      "another program than cachefilesd holds the cache; its configuration is its own"),
    Symptom(
      .configMissing, .configuration, .warning, "there is no configuration file; cachefilesd does not start without",
      advice: "write one with a 'dir' line, or name it with --config"),
    Symptom(
      .configUnreadable, .configuration, .unknown, "the configuration cannot be read", advice: "run this as root"),
    Symptom(
      .configOtherDirectory, .configuration, .warning, "the configuration names another directory",
      advice: "ask about that directory, or correct the 'dir' line"),
    Symptom(
      .configUnterminated, .configuration, .critical, "the last line has no newline: \"Unterminated line\"",
      advice: "end the file with a newline"),
    Symptom(
      .configLongLine, .configuration, .critical, "a line is as long as a page of memory, or longer",
      advice: "shorten the line, also if it is a comment"),
    Symptom(
      .configNul, .configuration, .critical, "a line has a NUL byte in it",
      advice: "write the file anew as plain text"),
    Symptom(
      .configLeadingBlanks, .configuration, .critical, "blanks before a command, which the kernel does not skip",
      advice: "remove the blanks"),
    Symptom(
      .configNoDir, .configuration, .critical, "no line names the directory", advice: "add a 'dir' line"),
    Symptom(
      .configBadDir, .configuration, .critical, "a 'dir' line that is refused: empty, too long, or a second one",
      advice: "leave one 'dir' line with an absolute path"),
    Symptom(
      .configTrailingBlanks, .configuration, .critical,
      "blanks after the directory, which count as part of its name: \"Can't confirm cache location\"",
      advice: "remove the blanks, and carriage returns too"),
    Symptom(
      .configQuotes, .configuration, .critical, "quotes around the directory, which count as part of its name",
      advice: "remove the quotes: everything behind 'dir ' is the name, blanks included"),
    Symptom(
      .configComment, .configuration, .critical, "a comment behind the directory, which counts as part of its name",
      advice: "put the comment on a line of its own"),
    Symptom(
      .configBadTag, .configuration, .critical, "a 'tag' line that is refused: empty, with a slash, or a second one",
      advice: "leave one 'tag' line with a plain word"),
    Symptom(
      .configTagMarks, .configuration, .warning, "quotes or a comment in the tag: the cache bears them in its name",
      advice: "write the plain word behind 'tag '"),
    Symptom(
      .configBadLimit, .configuration, .critical, "a limit that is no percentage below 100",
      advice: "write it as digits and a percent sign, with nothing after it: 'brun 10%'"),
    Symptom(
      .configLimitOrder, .configuration, .critical,
      "a limit breaks stop < cull < run; each line is held against the values before it",
      advice: "keep 0 <= stop < cull < run < 100, and write run first, then cull, then stop when raising them"),
    Symptom(
      .configBadSecctx, .configuration, .critical, "a 'secctx' line that is refused: empty, a second one, or no label",
      advice: "remove the line, or write a label that the policy of the machine has"),
    Symptom(
      .configSecctxWithoutModule, .configuration, .critical,
      "'secctx' names a label, but SELinux does not run: the kernel refuses to bind the cache",
      advice: "remove the 'secctx' line"),
    Symptom(
      .configBadCullTable, .configuration, .critical, "'culltable' takes a number from 12 to 20",
      advice: "correct or remove the line"),
    Symptom(
      .configNocull, .configuration, .warning, "'nocull' ends cachefilesd 0.10.10, which hands it to the kernel",
      advice: "remove the line and start cachefilesd with -N"),
    Symptom(
      .configResumeThresholds, .configuration, .warning,
      "'resume_thresholds' ends cachefilesd 0.10.10, which hands it to the kernel", advice: "remove the line"),
    Symptom(
      .configNotPermitted, .configuration, .critical, "a command that is not for a configuration: bind, cull or inuse",
      advice: "remove the line"),
    Symptom(
      .configUnknownCommand, .configuration, .critical, "a word that is no command; the kernel refuses it",
      advice: "correct or remove the line"),
  ]

  private static let mountSymptoms = [
    Symptom(.mountCached, .mounts, .ok, "mounted with caching, and the kernel caches it"),
    Symptom(
      .mountWithoutFsc, .mounts, .warning, "a network file system is mounted without caching",
      advice: "if it should be cached, mount it with the option 'fsc' (9P: cache=fscache); else use --ignore"),
    Symptom(
      .mountNotCached, .mounts, .warning, "mounted with caching, but the kernel does not cache it",
      advice: "unmount all mounts of this export and mount it again while the cache is bound"),
    Symptom(
      .mountKeyInUse, .mounts, .warning,
      "another superblock has the same volume key, so that this one is not cached",
      advice: "mount it without nosharecache, or give each mount its own name: fsc=NAME"),
    Symptom(
      .mountSuperblockShared, .mounts, .warning,
      "fstab asks for caching, but the mount shares the superblock of one made without: the first one decides",
      advice: "unmount all mounts of this export, then mount it with fsc first; or mount it with nosharecache"),
    Symptom(
      .mountKernelWithout, .mounts, .warning, "this kernel was built without caching for this file system",
      advice: "use a kernel with that option, or mount it without fsc"),
    Symptom(
      .mountCacheOff, .mounts, .warning, "an option of the mount keeps its files out of the cache",
      advice: "mount it without that option"),
    Symptom(
      .mountTunnelPort, .mounts, .warning,
      "mounted over a tunnel on this machine, whose port is part of the volume's key: each new port is a new volume",
      advice: "give the tunnel a fixed port: 'accept = 127.0.0.1:PORT' (stunnel), a port range of one (EFS)"),
    Symptom(
      .cachedTwice, .mounts, .warning, "one export has several volumes, so that its files are stored once in each",
      advice: "mount it with the same options everywhere; 'cachefiles stats' adds them up, fsck names old ones (V11)"),
    Symptom(.noMounts, .mounts, .ok, "no network file system is mounted"),
  ]

  private static let logSymptoms = [
    Symptom(.logQuiet, .log, .ok, "the log has nothing about trouble with caching"),
    Symptom(
      .logWarning, .log, .warning, "the log has a message of trouble with caching",
      advice: "see 'cachefiles explain'"),
    Symptom(
      .logCritical, .log, .critical, "the log has a message that the cache or its daemon has stopped",
      advice: "see 'cachefiles explain'"),
    Symptom(.logUnreadable, .log, .unknown, "the log cannot be read", advice: "run this as root"),
  ]
}
