"""Measures OpenFisca on request: one word a line comes in, one JSON object a line goes out.

`build` reads the columns and says what answers; `million` decides on everybody in one process; `shared` does so in one
process per core at once, each with its part; `single` explains one decision after another for a while; `answers` writes
what came out of `million`. Seconds are those of the calculation alone; those of making the simulation stand beside them.
"""

import argparse
import json
import logging
import multiprocessing
import os
import statistics
import sys
import time
from importlib.metadata import version

import numpy
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import ETERNITY
from openfisca_core.simulations import SimulationBuilder

from openfisca_brussels import CountryTaxBenefitSystem

#: The month of the checks.
PERIOD = "2024-12"
#: How long single decisions are made.
SINGLE_SECONDS = 1.0
#: Persons of whom single decisions are made, in turn.
SINGLE_PERSONS = 100


def main():
    # It warns that the country package is not installed, which it need not be.
    logging.disable(logging.WARNING)
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", help="where COLUMN.npy are, and answers.u32 goes")
    arguments.add_argument("--cores", type=int, default=2)
    arguments = arguments.parse_args()
    bench = Bench(arguments.directory, arguments.cores)
    commands = {
        "build": bench.build,
        "million": bench.million,
        "shared": bench.shared,
        "single": bench.single,
        "answers": bench.answers,
    }
    for line in sys.stdin:
        print(json.dumps(commands[line.strip()]()), flush=True)


class Bench:
    def __init__(self, directory, cores):
        self.directory = directory
        self.cores = cores
        self.system = CountryTaxBenefitSystem()
        self.columns = {}
        self.result = None

    def build(self):
        """Reads the columns; a simulation takes them encoded, as it would from any loader."""
        for name, variable in self.system.variables.items():
            path = os.path.join(self.directory, f"{name}.npy")
            if variable.is_input_variable():
                self.columns[name] = self.encoded(variable, numpy.load(path))
        return {
            "openfisca": version("openfisca-core"),
            "numpy": version("numpy"),
            "python": sys.version.split()[0],
            "persons": len(self.columns["birth_date"]),
        }

    @staticmethod
    def encoded(variable, column):
        if not is_enum(variable):
            return column
        return variable.possible_values.encode(column.astype(str))

    def million(self):
        simulation, build_seconds = timed(lambda: simulation_of(self.system, self.columns))
        self.result, seconds = timed(lambda: decide(simulation))
        return {"seconds": seconds, "build_seconds": build_seconds}

    def shared(self):
        """From the moment that every process has its simulation until the last has its answers."""
        workers = [Worker(self.system, part) for part in self.parts()]
        build_seconds = max(worker.receive() for worker in workers)
        start = time.perf_counter()
        for worker in workers:
            worker.send()
        for worker in workers:
            worker.receive()
        seconds = time.perf_counter() - start
        for worker in workers:
            worker.process.join()
        return {"seconds": seconds, "build_seconds": build_seconds}

    def parts(self):
        split = {name: numpy.array_split(column, self.cores) for name, column in self.columns.items()}
        return [{name: parts[i] for name, parts in split.items()} for i in range(self.cores)]

    def single(self):
        persons = [self.person(i) for i in range(SINGLE_PERSONS)]
        seconds = []
        end = time.perf_counter() + SINGLE_SECONDS
        while time.perf_counter() < end:
            person = persons[len(seconds) % len(persons)]
            seconds.append(timed(lambda: explain(self.system, person))[1])
        return {"seconds": statistics.median(seconds), "calls": len(seconds)}

    def person(self, i):
        """One person as a caller of the web interface would write it."""
        values = {}
        for name, column in self.columns.items():
            variable = self.system.variables[name]
            value = column[i : i + 1].decode_to_str()[0] if is_enum(variable) else column[i]
            values[name] = {period_of(variable): str(value)}
        return {"persons": {"somebody": values}}

    def answers(self):
        """One number each: the reasons in the lower bits, the outcome in the two highest."""
        outcome, reasons = self.result
        packed = reasons.astype("<u4") | (outcome.view(numpy.ndarray).astype("<u4") << 30)
        packed.tofile(os.path.join(self.directory, "answers.u32"))
        return {"answers": len(packed)}


class Worker:
    """A process with its part of the persons: says when it is ready, decides when it is told, says when it is done."""

    def __init__(self, system, columns):
        fork = multiprocessing.get_context("fork")
        self.pipe, other = fork.Pipe()
        self.process = fork.Process(target=self.run, args=(other, system, columns))
        self.process.start()

    @staticmethod
    def run(pipe, system, columns):
        simulation, build_seconds = timed(lambda: simulation_of(system, columns))
        pipe.send(build_seconds)
        pipe.recv()
        decide(simulation)
        pipe.send(None)

    def send(self):
        self.pipe.send(None)

    def receive(self):
        return self.pipe.recv()


def is_enum(variable):
    return variable.value_type == Enum


def period_of(variable):
    return ETERNITY if variable.definition_period == ETERNITY else PERIOD


def simulation_of(system, columns):
    simulation = SimulationBuilder().build_default_simulation(system, count=len(columns["birth_date"]))
    for name, column in columns.items():
        simulation.set_input(name, period_of(system.variables[name]), column)
    return simulation


def decide(simulation):
    return simulation.calculate("outcome", PERIOD), simulation.calculate("reasons", PERIOD)


def explain(system, person):
    simulation = SimulationBuilder().build_from_dict(system, person)
    simulation.trace = True
    decide(simulation)
    return simulation.tracer.trees


def timed(action):
    start = time.perf_counter()
    result = action()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    main()
