// SPDX-License-Identifier: Apache-2.0
#if DEBUG || Fuzzing
  @testable import CachefilesFormat

  @testable import CachefilesCommands

  /// Arguments: what is taken is within bounds, and nothing but plain digits and units is.
  enum ArgumentChecks {
    static func check(_ input: [UInt8]) throws {
      let text = RawArguments.encode(input)
      try hold(RawArguments.decode(text) == input, "other bytes in an argument")
      try Fields.printable(RawArguments.printable(text), except: [10])
      try hold(ByteArgument(argument: text).bytes == input, "other bytes")
      let isPlain = input.allSatisfy { (0x20..<0x7f).contains($0) }
      if let size = SizeArgument(argument: text) {
        try hold(isPlain, "a size of other letters")
        try hold(size.bytes < 1 << 63, "a size of \(size.bytes)")
        try hold(SizeArgument(argument: "\(size.bytes)")?.bytes == size.bytes, "another size")
      }
      if let age = AgeArgument(argument: text) {
        try hold(isPlain && age.duration >= .zero, "an age of \(age.duration)")
        try hold(SpanArgument(argument: text)?.duration == age.duration, "a span that is no age")
        try hold(age.duration.components.seconds <= Int64.max / 1_000_000_000, "too long for nanoseconds")
      }
      if let span = SpanArgument(argument: text) {
        try hold(SpanArgument(argument: span.description) == span, "another span")
      }
      if let share = ShareArgument(argument: text) {
        try hold(isPlain && (0...1).contains(share.share), "\(share.share)")
      }
      if let free = FreeArgument(argument: text) {
        switch free {
        case .size(let bytes): try hold(bytes < 1 << 63, "\(bytes)")
        case .percent(let share): try hold((0...100).contains(share), "\(share)")
        }
      }
      if let quota = QuotaArgument(argument: text) {
        try hold(input.starts(with: quota.glob) && quota.size.bytes < 1 << 63, "another glob")
      }
      try address(input)
      if let content = Content(name: text) { try hold(Content.named.contains(content), "a content without a name") }
    }

    private static func address(_ input: [UInt8]) throws {
      guard let address = IPAddress(input) else { return }
      try Fields.printable(address.description)
      try hold(IPAddress(Array(address.description.utf8)) == address, "another address: \(address)")
    }
  }
#endif
