import Foundation
import Kernel
import Programme

/// The versions of a programme under which cases run.
struct ProgrammeVersions: Sendable {
    /// In the order of their numbers; never empty.
    let all: [CompiledProgramme]

    /// One version.
    init(_ programme: Programme) { all = [CompiledProgramme(programme)] }

    private init(_ all: [CompiledProgramme]) { self.all = all }

    /// These versions and a later one.
    func adding(_ programme: Programme) -> ProgrammeVersions { ProgrammeVersions(all + [CompiledProgramme(programme)]) }

    /// The version under which a case begins at an instant: the last one that has begun.
    func latest(at now: Date) -> CompiledProgramme {
        guard all.count > 1 else { return all[0] }
        return all.last { $0.begins.map { now >= $0 } ?? true } ?? all[0]
    }

    /// A version by its number; the first one if there is none.
    func version(_ number: Int) -> CompiledProgramme {
        guard all.count > 1 else { return all[0] }
        return all.first { $0.programme.version == number } ?? all[0]
    }

    /// The version under which a case takes its next step: its own, or the last one that its procedure follows.
    func next(of subject: ProcedureCase, at now: Date) -> CompiledProgramme {
        var current = version(subject.programmeVersion)
        for later in all where later.programme.version > current.programme.version {
            guard later.begins.map({ now >= $0 }) ?? false, later.programme.amends?.running[subject.procedure] == .follow else { continue }
            current = later
        }
        return current
    }
}

extension CompiledProgramme {
    /// The first instant of a version that amends another; nil for the first version.
    var begins: Date? { programme.amends.map { BeijingTime.startOfDay($0.from) } }
}

extension ProcedureCase {
    /// The case under a version that it follows: its state has the new name, and the version it leaves is remembered, because a running deadline
    /// never gets shorter.
    func adopted(by compiled: CompiledProgramme) -> ProcedureCase {
        let number = compiled.programme.version
        guard programmeVersion != number, visits.count > 0 || state != Procedure.start else {
            var begun = self
            begun.programmeVersion = number
            return begun
        }
        var adopted = self
        adopted.left.append(LeftVersion(programmeVersion: programmeVersion, version: version))
        adopted.programmeVersion = number
        if let name = compiled.programme.amends?.renamed[StepReference(procedure, state)] { adopted.rename(state, to: name) }
        return adopted
    }

    private mutating func rename(_ old: String, to new: String) {
        state = new
        visits = visits.map { $0.state == old ? Visit(state: new, version: $0.version, at: $0.at) : $0 }
    }
}
