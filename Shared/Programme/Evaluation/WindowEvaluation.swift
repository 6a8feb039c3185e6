public import Foundation
public import Kernel

/// The time in which a window is open. A nil end is not announced yet, or is beyond all dates.
public struct WindowSpan: Sendable, Hashable {
    /// The first instant; nil if the opening is not announced yet.
    public let opens: Date?
    /// The first instant after the end; nil if the end is not announced yet.
    public let closes: Date?

    /// Whether it is open at that instant. Without an announced opening it is closed; without an announced end it stays open.
    public func isOpen(at instant: Date) -> Bool {
        guard let opens, instant >= opens else { return false }
        return closes.map { instant < $0 } ?? true
    }
}

extension Programme {
    /// Whether this version is in force at that instant.
    public func isInForce(at instant: Date) -> Bool {
        (try? BeijingTime.date(at: instant)).map(effective.contains) ?? false
    }

    /// The span of a window; nil if there is no such window.
    public func span(ofWindow id: String, _ announcements: Announcements = Announcements()) -> WindowSpan? {
        guard let window = window(id) else { return nil }
        let first = day(window.opens, announced: announcements.opens[id], isOpening: true, announcements, depth: 0)
        return WindowSpan(
            opens: first.map(BeijingTime.startOfDay), closes: lastDay(of: window, announcements, depth: 0).map(BeijingTime.endOfDay))
    }

    /// The refusal outside a window; nil while it is open.
    public func refusal(outside id: String, at instant: Date, _ announcements: Announcements = Announcements()) -> Refusal? {
        guard let window = window(id), let span = span(ofWindow: id, announcements) else {
            return PlatformRule.unknownReference.refusal()
        }
        return span.isOpen(at: instant) ? nil : window.refusal(span, at: instant)
    }

    private func lastDay(of window: Window, _ announcements: Announcements, depth: Int) -> CalendarDate? {
        let announced = announcements.closes[window.id]
        let last = day(window.closes, announced: announced, isOpening: false, announcements, depth: depth)
        guard window.mayEndEarlier, let announced, let last else { return last }
        return min(last, announced)
    }

    /// A loaded programme has no cyclic windows; the depth limit protects against a programme altered in a test.
    private func day(
        _ edge: Window.Edge, announced: CalendarDate?, isOpening: Bool, _ announcements: Announcements, depth: Int
    ) -> CalendarDate? {
        guard depth <= windows.count else { return nil }
        switch edge {
        case .on(let day): return day
        case .programme: return isOpening ? effective.lowerBound : effective.upperBound
        case .announced(let latest): return earlier(announced, latest)
        case .after(let other, let days, let latest):
            let day = window(other).flatMap { lastDay(of: $0, announcements, depth: depth + 1) }.flatMap { try? $0.adding(days: days) }
            return earlier(day, latest)
        }
    }

    private func earlier(_ day: CalendarDate?, _ latest: CalendarDate?) -> CalendarDate? {
        guard let day, let latest else { return day ?? latest }
        return min(day, latest)
    }
}

extension Window {
    fileprivate func refusal(_ span: WindowSpan, at instant: Date) -> Refusal {
        let isEarly = span.opens.map { instant < $0 } ?? true
        let message =
            wording.message
            ?? LocalisedText(
                zh: isEarly ? "“\(title.zh)”尚未开放。" : "“\(title.zh)”已经截止。",
                en: isEarly ? "The window \"\(title.en)\" is not open yet." : "The window \"\(title.en)\" has closed.")
        var refusal = citation.refusal(slug: wording.slug ?? "outside-window-\(id)", message: message, remedy: wording.remedy)
        if let given = try? BeijingTime.date(at: instant) { refusal = refusal.comparing("given", given.description, .date) }
        if let opens = span.opens, let day = try? BeijingTime.date(at: opens) {
            refusal = refusal.comparing("opens", day.description, .date)
        }
        if let closes = span.closes, let day = try? BeijingTime.date(at: closes.addingTimeInterval(-1)) {
            refusal = refusal.comparing("closes", day.description, .date)
        }
        return refusal
    }
}

extension Citation {
    /// A refusal under these clauses; without clauses it is a platform refusal.
    func refusal(slug: String, message: LocalisedText, remedy: LocalisedText?) -> Refusal {
        Refusal(
            slug: slug, clause: clauses.first ?? PlatformRule.stateDoesNotAllow.id, further: Array(clauses.dropFirst()) + readings,
            message: message, remedy: remedy)
    }
}
