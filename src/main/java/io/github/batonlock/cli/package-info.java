/**
 * The operator's tool: commands for people and scripts, on top of the public API.
 *
 * <p>Not part of the API, and not exported. The package needs picocli, which is optional: a program
 * that uses Baton as a library never loads a class of it. The build makes a jar of its own, {@code
 * baton-<version>-cli.jar}, which contains everything that the tool needs.
 */
// A command is a class with picocli's annotations: Callable<Integer>, made with what it needs of
// the Surroundings, with the CommonOptions as a mixin; Baton.commandLine names it. It returns an
// ExitCode, or throws: Failures makes a code and one line of every exception.
@NullMarked
package io.github.batonlock.cli;

import org.jspecify.annotations.NullMarked;
