/// The element of `known` most similar to `word`; nil if none is similar enough.
func nearest(to word: String, in known: some Sequence<String>) -> String? {
    let word = Array(word.lowercased().unicodeScalars.prefix(64))
    var best: (distance: Int, word: String)?
    for candidate in known {
        let distance = editDistance(word, Array(candidate.lowercased().unicodeScalars.prefix(64)))
        if distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    guard let best, best.distance <= Swift.max(2, word.count / 3) else { return nil }
    return best.word
}

/// The edit distance: the number of inserted, deleted or changed letters.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var row = Array(0...right.count)
    for (leftIndex, leftLetter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = leftIndex + 1
        for (rightIndex, rightLetter) in right.enumerated() {
            let changed = diagonal + (leftLetter == rightLetter ? 0 : 1)
            diagonal = row[rightIndex + 1]
            row[rightIndex + 1] = min(changed, row[rightIndex] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}

/// The remedy for an unknown name: the most similar one, or all if they are few.
func didYouMean(_ word: String, _ known: [String]) -> String {
    if let near = nearest(to: word, in: known) { return "Did you mean \(near)" }
    guard !known.isEmpty else { return "None is defined yet; define it first" }
    return known.count <= 20 ? "There are: \(known.joined(separator: ", "))" : "See the list in the file or its registry"
}
