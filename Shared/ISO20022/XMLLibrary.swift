internal import CLibxml2

/// The XML parser of the system, made ready once a process: its first use sets up tables that all threads share.
enum XMLLibrary {
    static let isReady: Bool = {
        xmlInitParser()
        return true
    }()
}
