package dev.sandpiper.runtime.config;

/**
 * One setting, for the reference documentation.
 *
 * @param fallback the default as an operator would write it; empty when there is none
 */
public record Setting(String name, String fallback, String description, boolean secret) {}
