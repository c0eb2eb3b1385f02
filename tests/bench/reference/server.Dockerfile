# A person's server, as pip installs it (uv does what pip does, and sooner): the versions of the lock, nothing left out,
# nothing switched off, byte code made.
ARG PARENT
FROM ${PARENT}
USER root
COPY uv /tmp/uv
COPY wheels /tmp/wheels
RUN python3 -m venv --without-pip /opt/venv \
    && /tmp/uv pip install --quiet --python /opt/venv --no-cache --offline --no-index --find-links /tmp/wheels \
        --compile-bytecode jupyterhub jupyterlab nbgrader ipykernel pandas matplotlib \
    && rm -rf /tmp/uv /tmp/wheels
RUN echo 'jovyan:x:1000:100::/home/jovyan:/bin/sh' >> /etc/passwd \
    && install --directory --owner=1000 --group=100 /home/jovyan /home/jovyan/work \
    && install --directory --mode=0777 /usr/local/share/nbgrader/exchange
ENV HOME=/home/jovyan PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
WORKDIR /home/jovyan
USER 1000:100
ENTRYPOINT []
CMD ["jupyterhub-singleuser"]
