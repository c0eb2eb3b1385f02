# A person's server, as pip installs it: the versions of the lock, nothing left out, nothing switched off.
ARG PARENT
FROM ${PARENT}
USER root
COPY pip /tmp/pip
COPY wheels /tmp/wheels
RUN python3 -m venv --without-pip /opt/venv \
    && PYTHONPATH=/tmp/pip /opt/venv/bin/python -m pip install --quiet --no-cache-dir --no-index \
        --find-links=/tmp/wheels jupyterhub jupyterlab nbgrader ipykernel pandas matplotlib \
    && rm -rf /tmp/pip /tmp/wheels
RUN echo 'jovyan:x:1000:100::/home/jovyan:/bin/sh' >> /etc/passwd \
    && install --directory --owner=1000 --group=100 /home/jovyan /home/jovyan/work \
    && install --directory --mode=0777 /usr/local/share/nbgrader/exchange
ENV HOME=/home/jovyan PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
WORKDIR /home/jovyan
USER 1000:100
ENTRYPOINT []
CMD ["jupyterhub-singleuser"]
